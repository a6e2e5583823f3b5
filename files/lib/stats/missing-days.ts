import { daysInMonth, type MonthName } from '../weather/calendar.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { MonthTable } from './stats.ts'

/**
 * The days that are missing between the first and the last one counted, by month and year, of years that miss any:
 * `{"January": {"1950": [5, 6, 7]}}`.
 *
 * A partition file has only their number. They are kept beside it (`Application.supplement`). The two are not written in
 * one piece, so what is kept may be ahead of the file: it then has later days as well, which are left out. Where it is
 * behind, or not there, the numbers do not agree, and the days are not known.
 */
type MissingDays = Partial<Record<MonthName, Record<string, number[]>>>

/** The missing days of all months, when there are new ones since this was asked for last. */
export function newMissingDays({ months }: Checkpoint): MissingDays | undefined {
  const tables = [...months.values()]
  if (!tables.some(({ hasNewMissingDays }) => hasNewMissingDays)) return undefined
  const all: MissingDays = {}
  for (const [name, table] of months) {
    table.hasNewMissingDays = false
    const years = yearsOf(table)
    if (years.length > 0) all[name] = Object.fromEntries(years)
  }
  return all
}

function yearsOf({ missingDays }: MonthTable): [year: string, days: number[]][] {
  const years: [string, number[]][] = []
  for (const [year, bits] of missingDays.entries())
    if (bits !== 0) years.push([String(year).padStart(4, '0'), daysOfBits(bits)])
  return years
}

/**
 * Takes in missing days that were kept, in place of those that the checkpoint has: of each month what lies between its first
 * and its last day, if that is as many days as the month misses there.
 *
 * @param kept as `newMissingDays` made it; anything else is passed over
 */
export function recallMissingDays({ months }: Checkpoint, kept: object | undefined): void {
  for (const [name, table] of months) {
    table.missingDays.fill(0)
    const years: object = Object((kept as Record<string, unknown> | undefined)?.[name])
    for (const [key, days] of Object.entries(years)) {
      const year = /^\d{4}$/.test(key) ? Number(key) : 0
      const bits = Array.isArray(days) ? bitsOfDays(days, table.firstDays[year]!, table.lastDays[year]!) : 0
      if (countBits(bits) === missingWithin(table, year)) table.missingDays[year] = bits
    }
  }
}

/**
 * How many days in a row are missing of a month at most, those before its first day and after its last one included.
 *
 * @returns undefined when it is not known which days are missing
 */
export function longestGap(table: MonthTable, year: number, month: number): number | undefined {
  const bits = table.missingDays[year]!
  if (countBits(bits) !== missingWithin(table, year)) return undefined
  const first = table.firstDays[year]!
  const [before, after] = [first - 1, daysInMonth(year, month) - table.lastDays[year]!]
  // Each step takes a day off each run of days.
  let within = 0
  for (let left = bits; left !== 0; left &= left << 1) within++
  return Math.max(before, within, after)
}

/** How many days between the first and the last one counted are missing. */
function missingWithin({ counts, firstDays, lastDays }: MonthTable, year: number): number {
  return counts[year] === 0 ? 0 : lastDays[year]! - firstDays[year]! + 1 - counts[year]!
}

function daysOfBits(bits: number): number[] {
  const days: number[] = []
  for (let day = 1; day < 32; day++) if ((bits & (1 << day)) !== 0) days.push(day)
  return days
}

function bitsOfDays(days: readonly unknown[], first: number, last: number): number {
  let bits = 0
  for (const day of days) if (isWhole(day) && day > first && day < last) bits |= 1 << day
  return bits
}

const isWhole = (value: unknown): value is number => Number.isInteger(value)

function countBits(bits: number): number {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count++
  return count
}
