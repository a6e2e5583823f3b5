import { Consumer, ListOffsetTimestamps } from '@platformatic/kafka'
import { askBestBroker } from './ask-best-broker.ts'
import { formatDate } from './calendar.ts'
import type { DailyHigh } from './observations.ts'
import { OperatingError } from './program.ts'
import { type DecodedReport, decodeReport } from './report.ts'
import type { BrokerSettings } from './settings.ts'

const anyEpoch = { currentLeaderEpoch: -1, lastFetchedEpoch: -1 }

/** A range of a partition's offsets: `from` is the first one, `to` the one after the last. */
export type Range = { partition: number; from: bigint; to: bigint }

/** The topic's partitions as they are now, whole, and what reads the reports of a range in the order of their offsets. */
export type Log = { wholes: Range[]; read: (range: Range) => Promise<DailyHigh[]> }

/**
 * Lends the reports of a topic's log to `use`, without joining a group.
 *
 * @param id of the topic, so that one created meanwhile under that name is not read
 */
export async function readLog<T>(
  settings: BrokerSettings,
  topic: string,
  id: string,
  use: (log: Log) => Promise<T>,
): Promise<T> {
  // Fetching and listing offsets join no group; the library wants its name all the same.
  const consumer = new Consumer({ clientId: 'almanac-producer', groupId: 'none', ...settings, retries: 10 })
  askBestBroker(consumer, topic)
  try {
    const [starts, ends] = await Promise.all(
      [ListOffsetTimestamps.EARLIEST, ListOffsetTimestamps.LATEST].map(async (timestamp) => {
        return (await consumer.listOffsets({ topics: [topic], timestamp })).get(topic)!
      }),
    )
    const wholes = starts!.map((from, partition) => ({ partition, from, to: ends![partition]! }))
    return await use({ wholes, read: (range) => readReports(consumer, topic, id, range) })
  } finally {
    await consumer.close()
  }
}

/** Cuts a range into pieces of that many offsets, the last piece first. */
export function* piecesBackwards({ partition, from: start, to: end }: Range, size: bigint): Generator<Range> {
  for (let to = end; to > start; to -= size)
    yield { partition, from: to - size > start ? to - size : start, to }
}

async function readReports(
  consumer: Consumer,
  topic: string,
  id: string,
  range: Range,
): Promise<DailyHigh[]> {
  const reports: DailyHigh[] = []
  for (let next = range.from; next < range.to; ) {
    const batches = await fetchBatches(consumer, topic, id, range.partition, next)
    for (const batch of batches) {
      for (const { offsetDelta, key, value } of batch.records ?? []) {
        const offset = batch.firstOffset + BigInt(offsetDelta)
        const report = offset >= next && offset < range.to && reportOf(key, value)
        if (report) reports.push(report)
      }
    }
    const last = batches.at(-1)
    if (!last) throw new OperatingError(`${topic}/${range.partition}: no records at offset ${next}.`)
    next = last.firstOffset + BigInt(last.lastOffsetDelta) + 1n
  }
  return reports
}

async function fetchBatches(consumer: Consumer, topic: string, id: string, partition: number, from: bigint) {
  const metadata = await consumer.metadata({ topics: [topic] })
  const node = metadata.topics.get(topic)!.partitions[partition]!.leader
  const wanted = { partition, fetchOffset: from, partitionMaxBytes: 1 << 20, ...anyEpoch }
  const { responses } = await consumer.fetch({ node, topics: [{ topicId: id, partitions: [wanted] }] })
  return responses[0]?.partitions[0]?.records ?? []
}

function reportOf(key: Buffer | null, value: Buffer | null): DailyHigh | undefined {
  if (!key || !value) return undefined
  const day: DecodedReport = { year: 0, month: 0, day: 0, degrees: 0 }
  const bytes = Buffer.concat([key, value])
  const refusal = decodeReport(bytes, 0, key.length, key.length, bytes.length, day)
  return refusal === undefined ? { date: formatDate(day), degrees: day.degrees } : undefined
}
