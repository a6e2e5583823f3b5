import type { MonthStats, Recount } from './recount.ts'

const fields = ['count', 'sum', 'avg', 'end', 'start'] as const

/**
 * Holds a partition file against a recount of the log.
 *
 * @returns the first difference in words, months and years in the order of the log's first mention; undefined when all agree
 */
export function firstDifference(file: Record<string, unknown>, { months }: Recount): string | undefined {
  for (const [month, years] of Object.entries(months)) {
    for (const [year, stats] of Object.entries(years)) {
      const difference = differenceIn(yearOf(file, month, year), stats)
      if (difference) return `${month} ${year}: ${difference}`
    }
  }
  for (const [month, years] of Object.entries(file)) {
    if (month === 'partition' || month === 'offset') continue
    for (const year of Object.keys(years as object)) {
      if (!months[month]?.[year]) return `${month} ${year}: is in the file, and has no report in the log`
    }
  }
  return undefined
}

/** How many months of how many in the file the log alone still explains. */
export function provenMonths(
  file: Record<string, unknown>,
  { months }: Recount,
): { proven: number; total: number } {
  let [proven, total] = [0, 0]
  for (const [month, years] of Object.entries(file)) {
    if (month === 'partition' || month === 'offset') continue
    for (const year of Object.keys(years as object)) {
      total += 1
      const stats = months[month]?.[year]
      if (stats && !differenceIn(yearOf(file, month, year), stats)) proven += 1
    }
  }
  return { proven, total }
}

function differenceIn(found: Partial<MonthStats> | undefined, stats: MonthStats): string | undefined {
  if (!found) return `is not in the file; the log has ${stats.count} days`
  const field = fields.find((field) => found[field] !== stats[field])
  return field && `${field} is ${found[field]} in the file, ${stats[field]} by the log`
}

function yearOf(file: Record<string, unknown>, month: string, year: string): Partial<MonthStats> | undefined {
  return (file[month] as Record<string, Partial<MonthStats>> | undefined)?.[year]
}
