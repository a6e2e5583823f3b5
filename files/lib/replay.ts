import type { Cluster } from './kafka/cluster.ts'
import { checkPartitionCount, type Topic } from './kafka/metadata.ts'
import type { FetchedRecords } from './kafka/partition-reader.ts'
import { batchesOf } from './kafka/read-committed.ts'
import { readRange } from './kafka/read-range.ts'
import { nextRecord, type RecordReader } from './kafka/record-batch.ts'
import { partitionCount } from './partitions.ts'
import { OperatingError } from './program.ts'
import type { Epoch } from './topic-memory.ts'

/** One record of the log as verify.ts sees it. Key and value hold until the next one is seen. */
export type ReplayedRecord = {
  offset: number
  key: Buffer | null
  value: Buffer | null
  /** Whether its transaction was aborted: it does not count, whatever it is. */
  isAborted: boolean
  /** Its length where that is too much, else 0; key and value are then null, whatever they are in the log. */
  excessiveBytes: number
}

/** What was passed on the way besides the records. */
export type Replay = { logStart: number; epochs: Epoch[] }

const limits = { waitMs: 500, bytesMax: 2 << 20 }

/** Finds the topic, or says what is missing. @throws OperatingError also when it has not four partitions */
export async function findTopic(cluster: Cluster, name: string): Promise<Topic> {
  const topic = await cluster.describeTopic(name)
  if (topic) {
    checkPartitionCount(topic, name, partitionCount)
    return topic
  }
  throw new OperatingError(
    `Topic ${name} is not there, so there is nothing to verify against. Has the producer run?`,
  )
}

/**
 * Reads a partition's log from its start up to an offset, and hands on each record once, in order.
 *
 * @param until the offset past the last record wanted
 * @param take returns false to end the replay before that record
 * @throws OperatingError when the log ends before `until`, or a batch is damaged
 */
export async function replay(
  { cluster, topic, name, signal }: { cluster: Cluster; topic: Topic; name: string; signal: AbortSignal },
  partition: number,
  logStart: number,
  until: number,
  take: (record: ReplayedRecord) => boolean,
): Promise<Replay> {
  const epochs: Epoch[] = []
  const progress = { offset: logStart }
  const part = { topicName: name, topic, partition, from: logStart, until }
  const say = (line: string) => console.error(line)
  for await (const fetched of readRange(part, { cluster, signal, say, limits }))
    if (!takeBatches(fetched, progress, until, epochs, take)) break
  return { logStart, epochs }
}

function takeBatches(
  fetched: FetchedRecords,
  progress: { offset: number },
  until: number,
  epochs: Epoch[],
  take: (record: ReplayedRecord) => boolean,
): boolean {
  for (const { header, visibility, records } of batchesOf(fetched)) {
    if (progress.offset >= until) break
    if (header.nextOffset > progress.offset && header.leaderEpoch > (epochs.at(-1)?.[0] ?? -1))
      epochs.push([header.leaderEpoch, header.baseOffset])
    // To its end, whatever is wanted of it: so its records are known to be whole.
    while (nextRecord(records)) {
      if (visibility === 'control' || records.offset < progress.offset || records.offset >= until) continue
      if (!take(recordOf(records, visibility === 'aborted'))) return false
    }
    progress.offset = Math.max(progress.offset, header.nextOffset)
  }
  return true
}

function recordOf(records: RecordReader, isAborted: boolean): ReplayedRecord {
  const { bytes, offset, keyStart, keyEnd, valueStart, valueEnd, excessiveBytes } = records
  const range = (start: number, end: number) => (start < 0 ? null : bytes.subarray(start, end))
  const [key, value] = [range(keyStart, keyEnd), range(valueStart, valueEnd)]
  return { offset, key, value, isAborted, excessiveBytes }
}
