import { readIfPresent } from '../core/read-if-present.ts'
import { partitionPaths } from '../engine/partition-paths.ts'
import type { Checkpoint } from '../stats/checkpoint.ts'
import { longestGap } from '../stats/missing-days.ts'
import { parseCheckpoint } from '../stats/parse-checkpoint.ts'
import type { MonthTable } from '../stats/stats.ts'
import { formatDate, type MonthName, monthNames } from '../weather/calendar.ts'
import { partitions } from '../weather/partitions.ts'

/** One month of one year, and the partition file that says so. */
export type MonthAverage = {
  year: number
  /** Days counted. */
  count: number
  /** Sum and mean of the days' degrees, °F. */
  sum: number
  avg: number
  /** First and last day counted, `YYYY-MM-DD`. */
  start: string
  end: string
  /** So many days in a row are missing at most; undefined when it is not known which days are. @see missing-days.ts */
  longestGap: number | undefined
  partition: number
  /** The file's offset: the next record that its consumer reads. */
  offset: number
}

/** By month, then by year. A month of which no file knows is not in it. */
export type MonthAverages = Map<MonthName, Map<number, MonthAverage>>

/**
 * Reads the partition files that are in a folder, any subset of the four, none included.
 *
 * Each file is whole, for it is replaced by a rename; two files may be some records apart. Normally a month is in one file
 * only, the one of the partition that its name leads to. When two have the same month and year (a file copied by hand),
 * the one that counted more days is taken, of two equals that of the lower partition. Counts are never added
 * up: that could count a day twice.
 *
 * @throws OperatingError when a file is damaged or cannot be read, naming file and key
 */
export function readMonthAverages(folder: string): MonthAverages {
  const checkpoints = partitions.flatMap((partition) => {
    const path = partitionPaths(folder, partition).file
    const text = readIfPresent(path)
    return text === undefined ? [] : [parseCheckpoint(text, partition, path)]
  })
  return mergeCheckpoints(checkpoints)
}

/** Brings partitions' stats together, as {@link readMonthAverages} does; the checkpoints in order of partition. */
export function mergeCheckpoints(checkpoints: Iterable<Checkpoint>): MonthAverages {
  const averages: MonthAverages = new Map()
  for (const checkpoint of checkpoints) addFile(averages, checkpoint)
  return averages
}

/** The most recent year of a month, compared as a number, over all files; undefined when there is none. */
export function newestYear(averages: MonthAverages, name: MonthName): MonthAverage | undefined {
  let newest: MonthAverage | undefined
  for (const average of averages.get(name)?.values() ?? []) {
    if (!newest || average.year > newest.year) newest = average
  }
  return newest
}

function addFile(averages: MonthAverages, checkpoint: Checkpoint): void {
  for (const [name, table] of checkpoint.months) {
    const years = averages.get(name) ?? new Map<number, MonthAverage>()
    for (const average of monthYears(checkpoint, name, table)) {
      if (average.count > (years.get(average.year)?.count ?? 0)) years.set(average.year, average)
    }
    if (years.size > 0) averages.set(name, years)
  }
}

function* monthYears(
  { partition, offset }: Checkpoint,
  name: MonthName,
  table: MonthTable,
): Generator<MonthAverage> {
  const month = monthNames.indexOf(name) + 1
  for (const [year, count] of table.counts.entries()) {
    if (count === 0) continue
    const sum = table.sums[year]!
    const start = formatDate({ year, month, day: table.firstDays[year]! })
    const end = formatDate({ year, month, day: table.lastDays[year]! })
    const gap = longestGap(table, year, month)
    yield { year, count, sum, avg: sum / count, start, end, longestGap: gap, partition, offset }
  }
}
