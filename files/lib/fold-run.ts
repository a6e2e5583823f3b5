/*
 * The hot path of the fold. A log of daily measurements has runs of reports of one month, which differ in their days and
 * degrees only: comparing a record's bytes with those of the one before does what decoding them would, in less than a
 * third of the time (docs/decisions/speed.md). It decides nothing of its own: at anything unusual the run ends, and the
 * record is looked at in full.
 */
import { daysInMonth } from './calendar.ts'
import type { RecordColumns } from './record-batch.ts'
import { type DecodedReport, degreesTag, usualLength, viewOf } from './report.ts'
import { blockOf, type MonthTable } from './stats.ts'

// The usual report: 0a 0a YYYY-MM-DD 11 <double>.
const reportStart = 0x0a0a
const monthLength = 10 // from the report's start to its day

/**
 * Folds the records after the `first`, for as long as they are usual reports of its month that count or are duplicates.
 *
 * @param first place in the columns of a report that was folded, which need not be a usual one
 * @param report what it was decoded to
 * @param table of its month; changed in place
 * @returns the place of the first record after the run
 */
export function foldRun(
  columns: RecordColumns,
  first: number,
  { year, month }: DecodedReport,
  table: MonthTable,
): number {
  const view = viewOf(columns.bytes)
  const days = daysInMonth(year, month)
  let lastDay = table.lastDays[year]!
  let sum = table.sums[year]!
  let counted = 0
  let i = first + 1
  if (lastDay === 0 || !isUsual(columns, view, first)) return i
  for (; i < columns.count && isAlike(columns, view, first, i); i++) {
    const value = columns.valueStarts[i]!
    const day = readDay(view, value + monthLength)
    const newSum = sum + view.getFloat64(value + 13, true)
    if (day < 1 || day > days || !Number.isFinite(newSum)) break
    if (day <= lastDay) continue
    lastDay = day
    sum = newSum
    counted++
  }
  if (counted === 0) return i
  table.counts[year] = table.counts[year]! + counted
  table.sums[year] = sum
  table.lastDays[year] = lastDay
  table.changedBlocks[blockOf(year)] = 1
  return i
}

function isUsual({ valueStarts, valueEnds }: RecordColumns, view: DataView, i: number): boolean {
  const value = valueStarts[i]!
  return valueEnds[i]! - value === usualLength && view.getUint16(value) === reportStart
}

/** Whether two records have the same key, and usual values of one month: `first` is known to have one. */
function isAlike(columns: RecordColumns, view: DataView, first: number, i: number): boolean {
  const { keyStarts, keyEnds, valueStarts, valueEnds } = columns
  const value = valueStarts[i]!
  if (valueEnds[i]! - value !== usualLength || view.getUint8(value + 12) !== degreesTag) return false
  if (!sameBytes(view, value, valueStarts[first]!, monthLength)) return false
  const key = keyStarts[i]!
  const length = keyEnds[i]! - key
  const firstKey = keyStarts[first]!
  // From the byte before, which is part of the key's length: so there are four bytes also in May.
  return length === keyEnds[first]! - firstKey && sameBytes(view, key - 1, firstKey - 1, length + 1)
}

/** Compares 4 to 12 bytes: the first, middle and last four, which overlap. */
function sameBytes(view: DataView, a: number, b: number, length: number): boolean {
  if (view.getInt32(a) !== view.getInt32(b)) return false
  const last = length - 4
  if (view.getInt32(a + last) !== view.getInt32(b + last)) return false
  const middle = last >> 1
  return view.getInt32(a + middle) === view.getInt32(b + middle)
}

/** The two digits of a day; what has no digits gives less than 1. */
function readDay(view: DataView, position: number): number {
  const tens = view.getUint8(position) - 0x30
  const ones = view.getUint8(position + 1) - 0x30
  return tens >= 0 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 0
}
