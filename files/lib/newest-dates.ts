import { Consumer, ListOffsetTimestamps } from '@platformatic/kafka'
import { formatDate, nextDay, parseDate } from './calendar.ts'
import { OperatingError } from './program.ts'
import { type DecodedReport, decodeReport } from './report.ts'
import type { BrokerSettings } from './settings.ts'
import { partitionCount } from './topic.ts'

// Reports come in the order of their dates, but the log's tail may hold records that are no reports.
const tailRecords = 1000n
const anyEpoch = { currentLeaderEpoch: -1, lastFetchedEpoch: -1 }

/** Names a range of a partition's offsets: `from` is the first one, `to` the one after the last. */
type Range = { partition: number; from: bigint; to: bigint }

/**
 * Reads the newest date in each partition's log, from its last 1,000 records, or from as many more as it takes to find a
 * report.
 *
 * @param id of the topic, so that one created meanwhile under that name is not read
 * @returns by partition; undefined where the log holds no report
 */
export async function readNewestDates(
  settings: BrokerSettings,
  topic: string,
  id: string,
): Promise<(string | undefined)[]> {
  // Fetching and listing offsets join no group; the library wants its name all the same.
  const consumer = new Consumer({ clientId: 'almanac-producer', groupId: 'none', ...settings, retries: 10 })
  try {
    const [starts, ends] = await Promise.all(
      [ListOffsetTimestamps.EARLIEST, ListOffsetTimestamps.LATEST].map(async (timestamp) => {
        return (await consumer.listOffsets({ topics: [topic], timestamp })).get(topic)!
      }),
    )
    const newest: (string | undefined)[] = []
    for (let partition = 0; partition < partitionCount; partition++) {
      const whole = { partition, from: starts![partition]!, to: ends![partition]! }
      newest.push(await readNewestDate((range) => readDates(consumer, topic, id, range), whole))
    }
    return newest
  } finally {
    await consumer.close()
  }
}

/**
 * The day after the newest of all dates.
 *
 * @returns `otherwise` when there is no date; undefined after 9999-12-31
 */
export function dateAfter(dates: readonly (string | undefined)[], otherwise: string): string | undefined {
  const newest = dates
    .filter((date) => date !== undefined)
    .sort()
    .at(-1)
  const day = newest === undefined ? parseDate(otherwise) : nextDay(parseDate(newest)!)
  return day && formatDate(day)
}

async function readNewestDate(
  read: (range: Range) => Promise<string[]>,
  { partition, from: start, to: end }: Range,
): Promise<string | undefined> {
  for (let to = end; to > start; to -= tailRecords) {
    const from = to - tailRecords > start ? to - tailRecords : start
    const dates = await read({ partition, from, to })
    if (dates.length > 0) return dates.sort().at(-1)
  }
  return undefined
}

async function readDates(consumer: Consumer, topic: string, id: string, range: Range): Promise<string[]> {
  const dates: string[] = []
  for (let next = range.from; next < range.to; ) {
    const batches = await fetchBatches(consumer, topic, id, range.partition, next)
    for (const batch of batches) {
      for (const { offsetDelta, key, value } of batch.records ?? []) {
        const offset = batch.firstOffset + BigInt(offsetDelta)
        const date = offset >= next && offset < range.to && dateOf(key, value)
        if (date) dates.push(date)
      }
    }
    const last = batches.at(-1)
    if (!last) throw new OperatingError(`${topic}/${range.partition}: no records at offset ${next}.`)
    next = last.firstOffset + BigInt(last.lastOffsetDelta) + 1n
  }
  return dates
}

async function fetchBatches(consumer: Consumer, topic: string, id: string, partition: number, from: bigint) {
  const metadata = await consumer.metadata({ topics: [topic] })
  const node = metadata.topics.get(topic)!.partitions[partition]!.leader
  const wanted = { partition, fetchOffset: from, partitionMaxBytes: 1 << 20, ...anyEpoch }
  const { responses } = await consumer.fetch({ node, topics: [{ topicId: id, partitions: [wanted] }] })
  return responses[0]?.partitions[0]?.records ?? []
}

function dateOf(key: Buffer | null, value: Buffer | null): string | undefined {
  if (!key || !value) return undefined
  const day: DecodedReport = { year: 0, month: 0, day: 0, degrees: 0 }
  const bytes = Buffer.concat([key, value])
  const refusal = decodeReport(bytes, 0, key.length, key.length, bytes.length, day)
  return refusal === undefined ? formatDate(day) : undefined
}
