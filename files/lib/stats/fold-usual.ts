/*
 * The hot path of the fold: usual records are decoded and counted in one pass over their bytes. In a log of daily
 * measurements a record has the bytes of the one before it, but for times, offset, day and degrees; comparing them does
 * what decoding would, in a quarter of the time, and so for the first record of a batch as well, held against the last one
 * of the batch before (`node bench/decode.ts`; docs/decisions/speed.md). It decides nothing of its own: at anything unusual
 * it ends, and the record is looked at in full. test/fuzz-batches.test.ts holds it against a simple decoder.
 */

import { viewOf } from '../core/view-of.ts'
import type { RecordReader } from '../kafka/record-batch.ts'
import { daysInMonth, monthName } from '../weather/calendar.ts'
import { type DecodedReport, degreesTag, isMonthName, readUsualForm, usualLength } from '../weather/report.ts'
import { type Checkpoint, monthTable } from './checkpoint.ts'
import { blockOf, emptyMonthTable, noteMissingDays } from './stats.ts'

/*
 * A usual record, in which numbers are varints in zigzag form, 2 for 1:
 *
 *   length, attributes, time, offset   the length up to 63, the offset (less the batch's first one) up to 2^20
 *   length, key                        the month's English name
 *   2a, 0a 0a YYYY-MM-DD 11 <double>   42 for 21 bytes, and the report
 *   00                                 no headers
 */
const tailLength = usualLength + 1
const headLengthMin = 4

/**
 * What the records of a run, of one month of one year, have in common; kept from batch to batch. Their bytes from the key's
 * length up to the day are here as three numbers of 64 bits, which overlap: to compare numbers takes one step for eight
 * bytes. None of them is NaN, which would differ from itself: that would need a byte of 7f or ff.
 */
const run = {
  checkpoint: undefined as Checkpoint | undefined,
  table: emptyMonthTable(),
  year: 0,
  days: 0,
  keyLength: 0,
  fromKey: 0,
  /** How far before the value the second number begins: it ends in the value, and begins after the key's start. */
  back: 0,
  middle: 0,
  toDay: 0,
}

const report: DecodedReport = { year: 0, month: 0, day: 0, degrees: 0 }

/**
 * Folds records for as long as they are usual: of that form, and counted, duplicates, or before the offset.
 *
 * @param checkpoint changed in place, but for its offset
 * @param reader at a record; then at the first that is not usual, or at the end of the bytes at hand
 */
export function foldUsual(checkpoint: Checkpoint, reader: RecordReader): void {
  const fromDelta = Math.max(checkpoint.offset - reader.baseOffset, 0)
  if (run.checkpoint === checkpoint) foldRun(reader, fromDelta)
  while (reader.left > 0 && beginRun(checkpoint, reader) && foldRun(reader, fromDelta) > 0);
}

/** Takes the record at which the reader is for the first of a run, if it has a usual report under its month's name. */
function beginRun(checkpoint: Checkpoint, { bytes, at, end }: RecordReader): boolean {
  const value = at + 1 + (bytes[at]! >> 1) - tailLength
  if (value < at + headLengthMin || value + tailLength > end) return false
  if (!readUsualForm(bytes, value, value + usualLength, report)) return false
  const { year, month } = report
  const name = monthName(month)
  const key = value - 2 - name.length
  if (key < at + headLengthMin || bytes[key] !== 2 * name.length || bytes[value - 1] !== 2 * usualLength)
    return false
  if (!isMonthName(bytes, key + 1, value - 1, month)) return false
  run.checkpoint = checkpoint
  run.table = monthTable(checkpoint, name)
  run.year = year
  run.days = daysInMonth(year, month)
  run.keyLength = name.length
  const view = viewOf(bytes)
  run.fromKey = view.getFloat64(key, true)
  run.back = name.length > 3 ? 6 : 2
  run.middle = view.getFloat64(value - run.back, true)
  run.toDay = view.getFloat64(value + 2, true)
  return true
}

/**
 * Folds records while they belong to the run.
 *
 * @param fromDelta the first offset to count, less the batch's first one
 * @returns how many it took
 */
function foldRun(reader: RecordReader, fromDelta: number): number {
  const { bytes } = reader
  const { table, year, days, keyLength, fromKey, back, middle, toDay } = run
  const view = viewOf(bytes)
  // `| 0`: one variable that might be no small integer would make all of this loop slower by half.
  const from = fromDelta | 0
  const end = reader.end | 0
  const lastDelta = reader.lastDelta | 0
  let at = reader.at | 0
  let left = reader.left | 0
  let delta = reader.delta | 0
  let firstDay = table.firstDays[year]!
  let lastDay = table.lastDays[year]!
  let sum = table.sums[year]!
  let counted = 0
  for (; left > 0 && at < end; left--) {
    const length = bytes[at]!
    const next = at + 1 + (length >> 1)
    const value = next - tailLength
    const key = value - 2 - keyLength
    if ((length & 0x81) !== 0 || next > end || key < at + headLengthMin) break
    let head = at + 2
    while (bytes[head++]! >= 0x80);
    let newDelta = bytes[head++]!
    if (newDelta >= 0x80) {
      const second = bytes[head++]!
      newDelta = (newDelta & 0x7f) | ((second & 0x7f) << 7)
      if (second >= 0x80) newDelta |= bytes[head++]! << 14
    }
    const isUnusual = (newDelta & 1) !== 0 || newDelta > 0x1fffff // negative, or longer
    newDelta >>= 1
    const tens = bytes[value + 10]! - 0x30
    const ones = bytes[value + 11]! - 0x30
    const day = tens * 10 + ones
    const newSum = sum + view.getFloat64(value + 13, true)
    if (
      view.getFloat64(value + 2, true) !== toDay ||
      view.getFloat64(value - back, true) !== middle ||
      view.getFloat64(key, true) !== fromKey
    )
      break
    if (head !== key || isUnusual || newDelta <= delta || newDelta > lastDelta) break
    if (bytes[value + 12] !== degreesTag || ones < 0 || ones > 9 || day < 1 || day > days) break
    if (newSum - newSum !== 0) break // infinite, or no number
    delta = newDelta
    at = next
    if (day <= lastDay || newDelta < from) continue
    // One comparison a record: the 1st as a month's first day follows on no day, 0.
    if (day !== lastDay + 1) {
      if (lastDay === 0) firstDay = day
      else noteMissingDays(table, year, lastDay, day)
    }
    lastDay = day
    sum = newSum
    counted++
  }
  const taken = reader.left - left
  reader.at = at
  reader.left = left
  reader.delta = delta
  if (counted === 0) return taken
  table.counts[year] = table.counts[year]! + counted
  table.sums[year] = sum
  table.firstDays[year] = firstDay || 1
  table.lastDays[year] = lastDay
  table.changedBlocks[blockOf(year)] = 1
  return taken
}
