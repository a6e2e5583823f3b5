import { fromBinary } from '@bufbuild/protobuf'
import { Consumer, FetchIsolationLevels, ListOffsetTimestamps } from '@platformatic/kafka'
import { ReportSchema } from '../../files/report_pb.ts'

export type TopicRecord = { partition: number; offset: number; key: string; date: string; degrees: number }

type MonthSums = { count: number; sum: number; avg: number; start: string; end: string }
type PartitionSums = {
  partition: number
  offset: number
  [month: string]: Record<string, MonthSums> | number
}

/**
 * Reads a topic from its start to its end with the client library's own `Consumer.fetch()`: an independent, slower way
 * than the one under test.
 *
 * @param address host:port of the broker, or of several with commas between
 */
export async function readTopic(address: string, topic: string): Promise<TopicRecord[]> {
  const consumer = new Consumer({
    clientId: 'oracle',
    groupId: 'none',
    bootstrapBrokers: address.split(','),
    retries: 5,
  })
  try {
    const ends = (
      await consumer.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.LATEST })
    ).get(topic)!
    const records: TopicRecord[] = []
    for (const [partition, end] of ends.entries())
      records.push(...(await readPartition(consumer, topic, partition, end)))
    return records
  } finally {
    await consumer.close()
  }
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
      isolationLevel: FetchIsolationLevels.READ_UNCOMMITTED,
      maxWaitTime: 100,
      topics: [
        { topicId: id, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 20, ...epochs }] },
      ],
    })
    const from = fetchOffset
    for (const batch of response.responses[0]?.partitions[0]?.records ?? []) {
      for (const record of batch.records) {
        const offset = batch.firstOffset + BigInt(record.offsetDelta)
        if (offset < from) continue
        fetchOffset = offset + 1n
        const { date, degrees } = fromBinary(ReportSchema, record.value!)
        found.push({ partition, offset: Number(offset), key: record.key!.toString(), date, degrees })
      }
    }
  }
  return found
}

/** What the partition file of one partition must hold after these records: a few lines of its own, no code under test. */
export function expectedFile(records: readonly TopicRecord[], partition: number): PartitionSums {
  const own = records.filter((record) => record.partition === partition)
  const file: PartitionSums = { partition, offset: (own.at(-1)?.offset ?? -1) + 1 }
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
