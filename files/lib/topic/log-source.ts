import type { Cluster } from '../kafka/cluster.ts'
import type { Topic } from '../kafka/metadata.ts'
import type { FetchedRecords } from '../kafka/partition-reader.ts'
import { batchesOf } from '../kafka/read-committed.ts'
import { type LogPart, readRange } from '../kafka/read-range.ts'
import { nextRecord } from '../kafka/record-batch.ts'
import { partitions } from '../weather/partitions.ts'
import { decodeSource, type Source } from '../weather/source.ts'

/** The header of the first record in each partition: it says where the topic's days come from. */
export const sourceHeader = 'almanac-source'

/** What a partition's first record says: `source` is undefined when it says nothing, or nothing we know. */
export type FirstRecord = { source: Source | undefined }

// The first batch comes whole, however small the limit.
const limits = { waitMs: 500, bytesMax: 1 }

/**
 * Decodes what the first record of a fetch answer says.
 *
 * @returns undefined when there is none: no whole batch, or none of a committed transaction
 * @throws OperatingError when a batch is damaged
 */
export function decodeFirstRecord(
  fetched: Pick<FetchedRecords, 'bytes' | 'aborted'>,
): FirstRecord | undefined {
  for (const { visibility, records } of batchesOf(fetched)) {
    if (visibility !== 'visible' || !nextRecord(records)) continue
    if (records.valueStart < 0) return { source: undefined }
    const bytes = findHeader(records.bytes.subarray(records.valueEnd, records.at))
    return { source: bytes && decodeSource(bytes) }
  }
  return undefined
}

/**
 * Reads where a topic's days come from: the first partition that has a record says it, or one whose log still begins at
 * 0, for the record that said it may be gone from another.
 *
 * @param topicName of the topic
 * @returns undefined when no partition has a record
 * @throws NetworkError when a partition cannot be asked now
 */
export async function readLogSource(
  cluster: Cluster,
  topicName: string,
  topic: Topic,
  signal: AbortSignal,
): Promise<FirstRecord | undefined> {
  let silent: FirstRecord | undefined
  for (const partition of partitions) {
    const { logStart, logEnd } = await cluster.readLogRange(
      topicName,
      partition,
      topic.partitions[partition]!,
    )
    const part = { topicName, topic, partition, from: logStart, until: logEnd }
    const first = await readFirstRecord(cluster, part, signal)
    if (first && (first.source || logStart === 0)) return first
    silent ??= first
  }
  return silent
}

async function readFirstRecord(cluster: Cluster, part: LogPart, signal: AbortSignal) {
  for await (const fetched of readRange(part, { cluster, signal, limits })) {
    const first = decodeFirstRecord(fetched)
    if (first) return first
  }
  return undefined
}

/** The same by a topic's id; undefined when another topic has its name. */
export async function lookUpLogSource(
  cluster: Cluster,
  topicName: string,
  id: string,
  signal: AbortSignal,
): Promise<FirstRecord | undefined> {
  const topic = await cluster.describeTopic(topicName)
  return topic?.id === id ? readLogSource(cluster, topicName, topic, signal) : undefined
}

/** Finds our header among those of a record. */
function findHeader(bytes: Buffer): Buffer | undefined {
  const cursor = { at: 0 }
  for (let count = readVarint(bytes, cursor); count > 0; count--) {
    const key = readBytes(bytes, cursor)
    const value = readBytes(bytes, cursor)
    if (!key) return undefined
    if (key.toString('latin1') === sourceHeader) return value
  }
  return undefined
}

function readBytes(bytes: Buffer, cursor: { at: number }): Buffer | undefined {
  const length = readVarint(bytes, cursor)
  if (length < 0 || length > bytes.length - cursor.at) return undefined
  cursor.at += length
  return bytes.subarray(cursor.at - length, cursor.at)
}

/** Reads a zigzag varint; -1 where the bytes end before it does. */
function readVarint(bytes: Buffer, cursor: { at: number }): number {
  let value = 0
  for (let shift = 0; shift < 35 && cursor.at < bytes.length; shift += 7) {
    const byte = bytes[cursor.at++]!
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
  }
  return -1
}
