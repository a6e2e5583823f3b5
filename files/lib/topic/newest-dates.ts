import type { Cluster } from '../kafka/cluster.ts'
import { formatDate, nextDay, parseDate } from '../weather/calendar.ts'
import { type Log, piecesBackwards, type Range, readLog } from './logged-reports.ts'

// Reports come in the order of their dates, but the log's tail may hold records that are no reports.
const tailRecords = 1000

/** The newest date in each partition's log; undefined where it holds no report. */
export type NewestDates = readonly (string | undefined)[]

/**
 * Reads the newest date in each partition's log, from its last 1,000 records, or from as many more as it takes to find a
 * report.
 *
 * @param id of the topic, so that one created meanwhile under that name is not read
 * @returns by partition; undefined where the log holds no report
 */
export function readNewestDates(
  cluster: Cluster,
  topic: string,
  id: string,
): Promise<(string | undefined)[]> {
  return readLog(cluster, topic, id, async ({ wholes, read }) => {
    const newest: (string | undefined)[] = []
    for (const whole of wholes) newest.push(await readNewestDate(read, whole))
    return newest
  })
}

/**
 * The day after the newest of all dates.
 *
 * @returns `otherwise` when there is no date; undefined after 9999-12-31
 */
export function dateAfter(dates: NewestDates, otherwise: string): string | undefined {
  const newest = dates
    .filter((date) => date !== undefined)
    .sort()
    .at(-1)
  const day = newest === undefined ? parseDate(otherwise) : nextDay(parseDate(newest)!)
  return day && formatDate(day)
}

async function readNewestDate(read: Log['read'], whole: Range): Promise<string | undefined> {
  for (const piece of piecesBackwards(whole, tailRecords)) {
    const dates = (await read(piece)).map(({ date }) => date)
    if (dates.length > 0) return dates.sort().at(-1)
  }
  return undefined
}
