import { type Admin, ConnectionPool } from '@platformatic/kafka'
import { fetchBatches } from './fetch.ts'
import { readLogRange } from './log-range.ts'
import { partitions } from './partitions.ts'
import { decodeRecords, emptyColumns, readBatchHeader } from './record-batch.ts'
import type { BrokerSettings } from './settings.ts'
import { decodeSource, type Source } from './source.ts'
import { describeTopic, type Topic } from './topic.ts'

/** The header of the first record in each partition: it says where the topic's days come from. */
export const sourceHeader = 'almanac-source'

/** What a partition's first record says: `source` is undefined when it says nothing, or nothing we know. */
export type FirstRecord = { source: Source | undefined }

// The first batch comes whole, however small the limit.
const limits = { waitMs: 0, partitionBytesMax: 1, responseBytesMax: 1 }

/**
 * Reads the header of a partition's first record.
 *
 * @returns undefined while the partition is empty, or when it cannot be read now: its leader or the topic has changed
 * @throws OperatingError when the batch is damaged
 */
async function readFirstRecord(
  pool: ConnectionPool,
  topic: Topic,
  partition: number,
  logStart: number,
): Promise<FirstRecord | undefined> {
  const { leader, leaderEpoch } = topic.partitions[partition]!
  if (!leader) return undefined
  const position = { partition, offset: logStart, leaderEpoch, lastFetchedEpoch: -1 }
  const [answer] = await fetchBatches(pool, new Map(), leader, topic.id, [position], limits)
  return answer?.errorCode === 0 ? decodeFirstRecord(answer.batches) : undefined
}

/**
 * Decodes what the first record of record batches says.
 *
 * @returns undefined when there is no whole batch
 * @throws OperatingError when it is damaged
 */
export function decodeFirstRecord(batches: Buffer): FirstRecord | undefined {
  const header = readBatchHeader(batches, 0)
  if (!header) return undefined
  const columns = emptyColumns()
  decodeRecords(batches, header, columns)
  if (header.isControl || columns.count === 0 || columns.valueStarts[0]! < 0) return { source: undefined }
  const bytes = findHeader(columns.bytes, columns.valueEnds[0]!)
  return { source: bytes && decodeSource(bytes) }
}

/**
 * Reads where a topic's days come from: the first partition that has a record says it, or one whose log still begins at
 * 0, for the record that said it may be gone from another.
 *
 * @param name of the topic
 * @returns undefined when no partition has a record
 */
export async function readLogSource(
  client: Admin,
  pool: ConnectionPool,
  topic: Topic,
  name: string,
): Promise<FirstRecord | undefined> {
  let silent: FirstRecord | undefined
  for (const partition of partitions) {
    const { logStart, logEnd } = await readLogRange(client, name, partition)
    const first = logEnd > logStart ? await readFirstRecord(pool, topic, partition, logStart) : undefined
    if (first && (first.source || logStart === 0)) return first
    silent ??= first
  }
  return silent
}

/** The same by a topic's id, with connections of its own. */
export async function lookUpLogSource(
  client: Admin,
  settings: BrokerSettings,
  name: string,
  id: string,
): Promise<FirstRecord | undefined> {
  const pool = new ConnectionPool('almanac', settings)
  try {
    const topic = await describeTopic(client, name)
    return topic?.id === id ? await readLogSource(client, pool, topic, name) : undefined
  } finally {
    await pool.close()
  }
}

/** Finds our header among those of a record, which begin at `at`. */
function findHeader(bytes: Buffer, at: number): Buffer | undefined {
  const cursor = { at }
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
