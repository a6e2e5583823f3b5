/**
 * The stats of one month's name over all years, in columns indexed by year (1 to 9999).
 *
 * Columns rather than an object a year: adding a day then changes four numbers in place, however long the history is.
 * A year without reports has count 0.
 */
export type MonthTable = {
  /** Days counted, 0 to 31. */
  counts: Uint8Array
  /** Sums of degrees, °F. */
  sums: Float64Array
  /** First and last day of the month counted, 1 to 31. */
  firstDays: Uint8Array
  lastDays: Uint8Array
  /** Days between those that were not counted, a bit a day: 1 << 31 for the 31st. Not all of them where they are not known. @see missing-days.ts */
  missingDays: Uint32Array
  /** Whether there are new ones since `newMissingDays` was asked. */
  hasNewMissingDays: boolean
  /** Blocks of years changed since the file's text was made from them, 1 for changed. @see blockOf */
  changedBlocks: Uint8Array
}

/** What became of a report: counted; a date counted before, or one before a date counted; a sum beyond all numbers. */
export type Outcome = 'counted' | 'duplicate' | 'overflow'

export const yearCount = 10_000
const yearsPerBlock = 128
export const blockCount = Math.ceil(yearCount / yearsPerBlock)

/** The block that a year belongs to: the grain in which the file's text is kept. */
export function blockOf(year: number): number {
  return Math.floor(year / yearsPerBlock)
}

/** The first year of a block, and the first year after it. */
export function yearsOfBlock(block: number): [first: number, end: number] {
  return [block * yearsPerBlock, Math.min((block + 1) * yearsPerBlock, yearCount)]
}

export function emptyMonthTable(): MonthTable {
  return {
    counts: new Uint8Array(yearCount),
    sums: new Float64Array(yearCount),
    firstDays: new Uint8Array(yearCount),
    lastDays: new Uint8Array(yearCount),
    missingDays: new Uint32Array(yearCount),
    hasNewMissingDays: false,
    changedBlocks: new Uint8Array(blockCount).fill(1),
  }
}

/**
 * Adds one day to the stats of its month and year.
 *
 * A day on or before the last one counted is a duplicate and changes nothing: the producer sends again when an
 * acknowledgement is lost. The last day is part of the partition file, so this also holds across restarts.
 *
 * @param table changed in place
 * @param degrees in °F, finite
 * @returns 'overflow' when the sum would not be finite: the day is not counted
 * @see docs/guarantees.md
 */
export function addDay(table: MonthTable, year: number, day: number, degrees: number): Outcome {
  const lastDay = table.lastDays[year]!
  if (day <= lastDay) return 'duplicate'
  const sum = table.sums[year]! + degrees
  if (!Number.isFinite(sum)) return 'overflow'
  if (lastDay === 0) table.firstDays[year] = day
  else if (day > lastDay + 1) noteMissingDays(table, year, lastDay, day)
  table.counts[year] = table.counts[year]! + 1
  table.sums[year] = sum
  table.lastDays[year] = day
  table.changedBlocks[blockOf(year)] = 1
  return 'counted'
}

/** Notes the days between two that were counted one after the other, as missing. */
export function noteMissingDays(table: MonthTable, year: number, before: number, after: number): void {
  table.missingDays[year]! |= (1 << after) - (2 << before)
  table.hasNewMissingDays = true
}
