import { hasMonth, type MonthStats, type Recount, statsOf } from './recount.ts'
import type { Difference } from './verification.ts'

/** A partition file as JSON.parse gives it. */
type PartitionFile = Record<string, unknown>

const fields = ['count', 'sum', 'avg', 'end', 'start'] as const

/**
 * Holds a partition file against a recount of the log.
 *
 * @returns all differences, months and years in the order of the log's first mention, then those that the log has not
 */
export function differencesOf(file: PartitionFile, state: Recount): Difference[] {
  const differences: Difference[] = []
  for (const [month, year, stats] of statsOf(state))
    for (const difference of differencesIn(month, year, yearOf(file, month, year), stats))
      differences.push(difference)
  for (const [month, year] of monthsIn(file)) {
    const found = yearOf(file, month, year)?.count ?? null
    if (!hasMonth(state, month, year))
      differences.push({ month, year, field: 'count', file: found, log: null })
  }
  return differences
}

/** How many months of how many in the file the log alone still explains. */
export function provenMonths(file: PartitionFile, state: Recount): { proven: number; total: number } {
  let [proven, total] = [0, 0]
  for (const _ of monthsIn(file)) total++
  for (const [month, year, stats] of statsOf(state))
    if (differencesIn(month, year, yearOf(file, month, year), stats).length === 0) proven++
  return { proven, total }
}

// Nearly every month has none.
const none: Difference[] = []

function* monthsIn(file: PartitionFile): Generator<[month: string, year: string]> {
  for (const [month, years] of Object.entries(file)) {
    if (month === 'partition' || month === 'offset') continue
    for (const year of Object.keys(years as object)) yield [month, year]
  }
}

function differencesIn(
  month: string,
  year: string,
  found: Partial<MonthStats> | undefined,
  stats: MonthStats,
): Difference[] {
  if (!found) return [{ month, year, field: 'count', file: null, log: stats.count }]
  if (fields.every((field) => found[field] === stats[field])) return none
  return fields
    .filter((field) => found[field] !== stats[field])
    .map((field) => ({ month, year, field, file: found[field] ?? null, log: stats[field] }))
}

function yearOf(file: Record<string, unknown>, month: string, year: string): Partial<MonthStats> | undefined {
  return (file[month] as Record<string, Partial<MonthStats>> | undefined)?.[year]
}
