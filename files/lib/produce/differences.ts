import type { Cluster } from '../kafka/cluster.ts'
import type { DailyHigh } from '../observations/observations.ts'
import { type Log, piecesBackwards, type Range, readLog } from '../topic/logged-reports.ts'
import type { NewestDates } from '../topic/newest-dates.ts'
import { partitionOf } from './send.ts'

const pieceRecords = 20_000
const examples = 3

/**
 * Reads what the log holds of those days that can be in it.
 *
 * @param id of the topic
 * @param newestDates by partition: only days up to these can be in the log
 */
export async function readLoggedDays(
  cluster: Cluster,
  topic: string,
  id: string,
  days: readonly DailyHigh[],
  newestDates: NewestDates,
): Promise<Map<string, number>> {
  const past = pastDays(days, newestDates)
  return past.length === 0 ? new Map() : readLog(cluster, topic, id, (log) => readDays(log, past))
}

/**
 * Compares days with what the log holds of them and says in words how they differ.
 *
 * A past value that was corrected, or found at last, cannot be appended: the log only grows, and a report dated before
 * others is not counted. So it must be said.
 *
 * @param newestDates by partition: only days up to these can be in the log
 * @param logged what it holds of them
 * @returns undefined when each of these days is in the log with its value
 */
export function describeDifferences(
  days: readonly DailyHigh[],
  newestDates: NewestDates,
  logged: ReadonlyMap<string, number>,
): string | undefined {
  const past = pastDays(days, newestDates)
  const absent = past.filter(({ date }) => !logged.has(date)).map(({ date }) => date)
  const corrected = past.flatMap(({ date, degrees }) => {
    const before = logged.get(date)
    return before === undefined || before === degrees
      ? []
      : [`${date}: ${show(degrees)}, in the log ${show(before)}`]
  })
  if (absent.length + corrected.length === 0) return undefined
  return [
    ...(corrected.length > 0 ? [`${corrected.length} days differ from the log (${list(corrected)}).`] : []),
    ...(absent.length > 0
      ? [`${absent.length} days are not in the log, though later ones are (${list(absent)}).`]
      : []),
    'Not sent: a log only grows. To count the corrected history, send all of it without --append: the topic is recreated,',
    'and the consumers archive their files and count from its start.',
  ].join('\n')
}

function pastDays(days: readonly DailyHigh[], newestDates: NewestDates): DailyHigh[] {
  return days.filter(({ date }) => date <= (newestDates[partitionOf(date)] ?? ''))
}

/** Reads what the log holds of these days: of a date's reports the first one, which is the one that counts. */
async function readDays({ wholes, read }: Log, days: readonly DailyHigh[]): Promise<Map<string, number>> {
  const logged = new Map<string, number>()
  for (const whole of wholes) {
    const dates = new Set(
      days.map(({ date }) => date).filter((date) => partitionOf(date) === whole.partition),
    )
    if (dates.size > 0) await readDates(read, whole, dates, logged)
  }
  return logged
}

async function readDates(
  read: Log['read'],
  whole: Range,
  dates: ReadonlySet<string>,
  into: Map<string, number>,
) {
  const [first] = [...dates].sort()
  for (const piece of piecesBackwards(whole, pieceRecords)) {
    const reports = await read(piece)
    for (const { date, degrees } of reports.toReversed()) if (dates.has(date)) into.set(date, degrees)
    // Reports come in the order of their dates: before these there are only earlier ones.
    if (reports[0] && reports[0].date < first!) return
  }
}

function show(degrees: number): string {
  return `${Number(degrees.toFixed(2))} °F`
}

function list(all: readonly string[]): string {
  return all.slice(0, examples).join('; ') + (all.length > examples ? '; …' : '')
}
