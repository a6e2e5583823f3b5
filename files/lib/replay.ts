import type { Cluster } from './kafka/cluster.ts'
import { checkPartitionCount, type Topic } from './kafka/metadata.ts'
import { readRange } from './kafka/read-range.ts'
import { partitionCount } from './partitions.ts'
import { OperatingError } from './program.ts'
import { decodeRecords, emptyColumns, readBatchHeader } from './record-batch.ts'
import type { Epoch } from './topic-memory.ts'

/** One record of the log as verify.ts sees it. */
export type ReplayedRecord = { offset: number; key: Buffer | null; value: Buffer | null }

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
  for await (const { bytes } of readRange(part, { cluster, signal, say, limits }))
    if (!takeBatches(bytes, progress, until, epochs, take)) break
  return { logStart, epochs }
}

// Reused from batch to batch.
const columns = emptyColumns()

function takeBatches(
  bytes: Buffer,
  position: { offset: number },
  until: number,
  epochs: Epoch[],
  take: (record: ReplayedRecord) => boolean,
): boolean {
  for (let header = readBatchHeader(bytes, 0); header && position.offset < until; ) {
    decodeRecords(bytes, header, columns)
    if (header.nextOffset > position.offset) {
      if (header.leaderEpoch > (epochs.at(-1)?.[0] ?? -1))
        epochs.push([header.leaderEpoch, header.baseOffset])
      if (!header.isControl && !takeRecords(position.offset, until, take)) return false
      position.offset = header.nextOffset
    }
    header = readBatchHeader(bytes, header.position + header.byteLength)
  }
  return true
}

function takeRecords(from: number, until: number, take: (record: ReplayedRecord) => boolean): boolean {
  const { count, offsets, keyStarts, keyEnds, valueStarts, valueEnds } = columns
  for (let i = 0; i < count; i++) {
    const offset = offsets[i]!
    if (offset < from || offset >= until) continue
    const key = range(keyStarts[i]!, keyEnds[i]!)
    if (!take({ offset, key, value: range(valueStarts[i]!, valueEnds[i]!) })) return false
  }
  return true
}

function range(start: number, end: number): Buffer | null {
  return start < 0 ? null : columns.bytes.subarray(start, end)
}
