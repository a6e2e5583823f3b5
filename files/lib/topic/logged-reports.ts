import { OperatingError } from '../core/program.ts'
import type { Cluster } from '../kafka/cluster.ts'
import type { Topic } from '../kafka/metadata.ts'
import { batchesOf } from '../kafka/read-committed.ts'
import { readRange } from '../kafka/read-range.ts'
import { nextRecord, type RecordReader } from '../kafka/record-batch.ts'
import { retry } from '../kafka/retry.ts'
import type { DailyHigh } from '../observations/observations.ts'
import { formatDate } from '../weather/calendar.ts'
import { type DecodedReport, decodeReport } from '../weather/report.ts'

/** A range of a partition's offsets: `from` is the first one, `to` the one after the last. */
export type Range = { partition: number; from: number; to: number }

/** The topic's partitions as they are now, whole, and what reads the reports of a range in the order of their offsets. */
export type Log = { wholes: Range[]; read: (range: Range) => Promise<DailyHigh[]> }

/**
 * Lends the reports of a topic's log to `use`, without joining a group: those of committed transactions alone.
 *
 * @param id of the topic, so that one created meanwhile under that name is not read
 * @throws OperatingError when another topic has its name, or its brokers do not answer for 22 s
 */
export async function readLog<T>(
  cluster: Cluster,
  topicName: string,
  id: string,
  use: (log: Log) => Promise<T>,
): Promise<T> {
  const { topic, wholes } = await retry(`Reading the ends of ${topicName}`, () =>
    readEnds(cluster, topicName, id),
  )
  return use({ wholes, read: (range) => readReports(cluster, topicName, topic, range) })
}

async function readEnds(cluster: Cluster, topicName: string, id: string) {
  const topic = await cluster.describeTopic(topicName)
  if (topic?.id !== id)
    throw new OperatingError(`Topic ${topicName} was deleted or recreated in the meantime.`)
  const wholes = await Promise.all(
    topic.partitions.map(async (led, partition) => {
      const range = await cluster.readLogRange(topicName, partition, led)
      return { partition, from: range.logStart, to: range.logEnd }
    }),
  )
  return { topic, wholes }
}

/** Cuts a range into pieces of that many offsets, the last piece first. */
export function* piecesBackwards({ partition, from: start, to: end }: Range, size: number): Generator<Range> {
  for (let to = end; to > start; to -= size) yield { partition, from: Math.max(to - size, start), to }
}

// Reused from record to record.
const day: DecodedReport = { year: 0, month: 0, day: 0, degrees: 0 }

async function readReports(
  cluster: Cluster,
  topicName: string,
  topic: Topic,
  { partition, from, to: until }: Range,
): Promise<DailyHigh[]> {
  const reports: DailyHigh[] = []
  const part = { topicName, topic, partition, from, until }
  for await (const fetched of readRange(part, { cluster, signal: new AbortController().signal }))
    for (const { visibility, records } of batchesOf(fetched))
      if (visibility === 'visible') takeReports(records, from, until, reports)
  return reports
}

function takeReports(records: RecordReader, from: number, until: number, into: DailyHigh[]): void {
  while (nextRecord(records)) {
    const { offset, bytes, keyStart, keyEnd, valueStart, valueEnd } = records
    if (offset < from || offset >= until) continue
    const refusal = decodeReport(bytes, keyStart, keyEnd, valueStart, valueEnd, day)
    if (!refusal) into.push({ date: formatDate(day), degrees: day.degrees })
  }
}
