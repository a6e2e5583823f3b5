import { fromBinary } from '@bufbuild/protobuf'
import { Consumer, FetchIsolationLevels, ListOffsetTimestamps } from '@platformatic/kafka'
import { ReportSchema } from '../../files/report_pb.ts'

export type TopicRecord = { partition: number; offset: number; key: string; date: string; degrees: number }

type FetchedPartition = Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]

type MonthSums = { count: number; sum: number; avg: number; start: string; end: string }
type PartitionSums = {
  partition: number
  offset: number
  [month: string]: Record<string, MonthSums> | number
}

/** What a topic holds: its committed records, and by partition one past the last offset that can be read. */
export type TopicLog = { records: TopicRecord[]; ends: number[] }

/**
 * Reads a topic's committed records from its start to its last stable offsets, with the client library's own
 * `Consumer.fetch()`: an independent, slower way than the one under test.
 *
 * @param address host:port of the broker, or of several with commas between
 */
export async function readTopicLog(address: string, topic: string): Promise<TopicLog> {
  const consumer = new Consumer({
    clientId: 'oracle',
    groupId: 'none',
    bootstrapBrokers: address.split(','),
    isolationLevel: FetchIsolationLevels.READ_COMMITTED,
    retries: 5,
  })
  try {
    const ends = (
      await consumer.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.LATEST })
    ).get(topic)!
    const records: TopicRecord[] = []
    for (const [partition, end] of ends.entries())
      records.push(...(await readPartition(consumer, topic, partition, end)))
    return { records, ends: ends.map(Number) }
  } finally {
    await consumer.close()
  }
}

/** The records alone. */
export async function readTopic(address: string, topic: string): Promise<TopicRecord[]> {
  return (await readTopicLog(address, topic)).records
}

async function readPartition(
  consumer: Consumer,
  topic: string,
  partition: number,
  end: bigint,
): Promise<TopicRecord[]> {
  const { topics } = await consumer.metadata({ topics: [topic], forceUpdate: true })
  const { id, partitions } = topics.get(topic)!
  const found: TopicRecord[] = []
  for (let fetchOffset = 0n; fetchOffset < end; ) {
    const epochs = { currentLeaderEpoch: -1, lastFetchedEpoch: -1 }
    const response = await consumer.fetch({
      node: partitions[partition]!.leader,
      maxWaitTime: 100,
      topics: [
        { topicId: id, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 20, ...epochs }] },
      ],
    })
    const from = fetchOffset
    const answer = response.responses[0]?.partitions[0]
    for (const batch of answer?.records ?? [])
      fetchOffset = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n
    for (const { offset, record } of answer ? committedRecords(answer) : []) {
      if (offset < from || offset >= end) continue
      const { date, degrees } = fromBinary(ReportSchema, record.value!)
      found.push({ partition, offset: Number(offset), key: record.key!.toString(), date, degrees })
    }
  }
  return found
}

const isTransactional = 0x10
const isControl = 0x20

/**
 * Passes over what was aborted, as the protocol describes it: the broker names the aborted transactions that reach into its
 * answer, each of which goes from its first offset to its producer's next marker.
 *
 * The library does so itself, but lets pass what is aborted by a marker that is not in the same answer, and all but the
 * last one of a producer's aborted transactions.
 */
function* committedRecords({ records, abortedTransactions }: FetchedPartition) {
  const ahead = (abortedTransactions ?? []).toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  const aborting = new Set<bigint>()
  for (const batch of records ?? []) {
    const lastOffset = batch.firstOffset + BigInt(batch.lastOffsetDelta)
    while (ahead[0] && ahead[0].firstOffset <= lastOffset) aborting.add(ahead.shift()!.producerId)
    if (batch.attributes & isControl) aborting.delete(batch.producerId)
    else if (!(batch.attributes & isTransactional && aborting.has(batch.producerId)))
      for (const record of batch.records)
        yield { offset: batch.firstOffset + BigInt(record.offsetDelta), record }
  }
}

/**
 * What the partition file of one partition must hold after these records: a few lines of its own, no code under test.
 *
 * @param end the offset that it reaches; one past the last record, where no transactions are
 */
export function expectedFile(
  records: readonly TopicRecord[],
  partition: number,
  end = (records.findLast((record) => record.partition === partition)?.offset ?? -1) + 1,
): PartitionSums {
  const own = records.filter((record) => record.partition === partition)
  const file: PartitionSums = { partition, offset: end }
  for (const { key, date, degrees } of own) {
    file[key] ??= {}
    const years = file[key] as Record<string, MonthSums>
    years[date.slice(0, 4)] ??= { count: 0, sum: 0, avg: 0, start: date, end: '' }
    const month = years[date.slice(0, 4)]!
    if (date <= month.end) continue
    month.count += 1
    month.sum += degrees
    month.avg = month.sum / month.count
    month.end = date
  }
  return file
}
