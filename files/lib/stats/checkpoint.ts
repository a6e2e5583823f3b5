import { type MonthName, monthNames } from '../weather/calendar.ts'
import { blockCount, emptyMonthTable, type MonthTable, yearsOfBlock } from './stats.ts'

/**
 * Stats and offset of one partition: what its partition file holds.
 *
 * Both stand in one object that is written in one piece, so that they cannot disagree.
 */
export type Checkpoint = {
  partition: number
  /** Of the next record to read: one past the last one folded. */
  offset: number
  months: Map<MonthName, MonthTable>
  /** The file's text, kept by month and block of years, so that only what changed is made again. */
  texts: Map<MonthName, (Buffer | undefined)[]>
  /** False while a batch is folded, and for ever when that broke off: part of the batch may be counted, and not its offset. */
  isWhole: boolean
}

/** The checkpoint of a partition of which nothing was read yet: `{"partition": N, "offset": 0}`. */
export function emptyCheckpoint(partition: number): Checkpoint {
  return { partition, offset: 0, months: new Map(), texts: new Map(), isWhole: true }
}

/** Throws when part of a batch may be in the checkpoint. */
export function expectWhole({ isWhole, partition }: Checkpoint): void {
  if (!isWhole)
    throw new Error(`partition ${partition}: a fold failed half way; its checkpoint must not be used`)
}

/** The table of a month's stats, made at its first report. */
export function monthTable(checkpoint: Checkpoint, name: MonthName): MonthTable {
  const found = checkpoint.months.get(name)
  if (found) return found
  const table = emptyMonthTable()
  checkpoint.months.set(name, table)
  checkpoint.texts.set(name, new Array(blockCount))
  return table
}

/** Days counted, over all months and years. */
export function countDays({ months }: Checkpoint): number {
  let days = 0
  for (const table of months.values()) for (const count of table.counts) days += count
  return days
}

/** What stands between two years, and two months, of a partition file. */
export const yearSeparator = ',\n'
const comma = Buffer.from(yearSeparator)
const monthEnd = Buffer.from('}')
const fileEnd = Buffer.from('}\n')

/**
 * Formats a checkpoint as the text of its partition file, a year a line, months and years in the calendar's order.
 *
 * @returns the text in pieces, to be written one after the other; those of unchanged years are the same as before
 */
export function formatCheckpoint(checkpoint: Checkpoint): Buffer[] {
  expectWhole(checkpoint)
  const pieces: Buffer[] = [
    Buffer.from(`{"partition": ${checkpoint.partition}, "offset": ${checkpoint.offset}`),
  ]
  for (const [index, name] of monthNames.entries()) {
    const table = checkpoint.months.get(name)
    if (!table) continue
    const years = formatYears(table, index + 1, checkpoint.texts.get(name)!)
    if (years.length > 0) pieces.push(comma, Buffer.from(`"${name}": {`), ...years, monthEnd)
  }
  pieces.push(fileEnd)
  return pieces
}

function formatYears(table: MonthTable, month: number, texts: (Buffer | undefined)[]): Buffer[] {
  const pieces: Buffer[] = []
  for (let block = 0; block < blockCount; block++) {
    if (table.changedBlocks[block] === 1) {
      texts[block] = formatBlock(table, month, block)
      table.changedBlocks[block] = 0
    }
    const text = texts[block]
    if (!text) continue
    if (pieces.length > 0) pieces.push(comma)
    pieces.push(text)
  }
  return pieces
}

function formatBlock(table: MonthTable, month: number, block: number): Buffer | undefined {
  const [first, end] = yearsOfBlock(block)
  const years: number[] = []
  for (let year = first; year < end; year++) if (table.counts[year]! > 0) years.push(year)
  if (years.length === 0) return undefined
  const sums = formatNumbers(years.map((year) => table.sums[year]!))
  const averages = formatNumbers(years.map((year) => table.sums[year]! / table.counts[year]!))
  const lines = years.map((year, i) => formatYear(table, month, year, sums[i]!, averages[i]!))
  return Buffer.from(lines.join(yearSeparator), 'latin1')
}

/** Formats numbers in JavaScript's shortest form, which reads back to the same number: in one go, for that takes half the time. */
function formatNumbers(numbers: readonly number[]): string[] {
  return JSON.stringify(numbers).slice(1, -1).split(',')
}

const days = Array.from({ length: 32 }, (_, day) => String(day).padStart(2, '0'))

function formatYear(table: MonthTable, month: number, year: number, sum: string, avg: string): string {
  const key = String(year).padStart(4, '0')
  const start = `${key}-${days[month]}-${days[table.firstDays[year]!]}`
  const end = `${key}-${days[month]}-${days[table.lastDays[year]!]}`
  return `"${key}": {"count": ${table.counts[year]}, "sum": ${sum}, "avg": ${avg}, "end": "${end}", "start": "${start}"}`
}
