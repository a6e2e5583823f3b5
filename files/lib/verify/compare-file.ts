import { hasMonth, type MonthStats, type Recount, statsOf } from './recount.ts'

/** A partition file as JSON.parse gives it. */
type PartitionFile = Record<string, unknown>

const fields = ['count', 'sum', 'avg', 'end', 'start'] as const

/**
 * Holds a partition file against a recount of the log.
 *
 * @returns the first difference in words, months and years in the order of the log's first mention; undefined when all agree
 */
export function firstDifference(file: PartitionFile, state: Recount): string | undefined {
  for (const [month, year, stats] of statsOf(state)) {
    const difference = differenceIn(yearOf(file, month, year), stats)
    if (difference) return `${month} ${year}: ${difference}`
  }
  for (const [month, year] of monthsIn(file)) {
    if (!hasMonth(state, month, year)) return `${month} ${year}: is in the file, and has no report in the log`
  }
  return undefined
}

/** How many months of how many in the file the log alone still explains. */
export function provenMonths(file: PartitionFile, state: Recount): { proven: number; total: number } {
  let [proven, total] = [0, 0]
  for (const _ of monthsIn(file)) total++
  for (const [month, year, stats] of statsOf(state))
    if (differenceIn(yearOf(file, month, year), stats) === undefined) proven++
  return { proven, total }
}

function* monthsIn(file: PartitionFile): Generator<[month: string, year: string]> {
  for (const [month, years] of Object.entries(file)) {
    if (month === 'partition' || month === 'offset') continue
    for (const year of Object.keys(years as object)) yield [month, year]
  }
}

function differenceIn(found: Partial<MonthStats> | undefined, stats: MonthStats): string | undefined {
  if (!found) return `is not in the file; the log has ${stats.count} days`
  const field = fields.find((field) => found[field] !== stats[field])
  return field && `${field} is ${found[field]} in the file, ${stats[field]} by the log`
}

function yearOf(file: Record<string, unknown>, month: string, year: string): Partial<MonthStats> | undefined {
  return (file[month] as Record<string, Partial<MonthStats>> | undefined)?.[year]
}
