import { type ConnectionPool, fetchV17, type Reader } from '@platformatic/kafka'
import type { Leader } from './topic.ts'

/** From where to read a partition on. */
export type Position = {
  partition: number
  /** Of the next record to read. */
  offset: number
  /** Epoch of the leader as metadata named it; a broker of another epoch answers with an error. */
  leaderEpoch: number
  /** Epoch of the record before `offset`, -1 if unknown: shows the broker whether that record is still in its log. */
  lastFetchedEpoch: number
}

/** What a broker answers about one partition. */
export type FetchedPartition = {
  partition: number
  /** Kafka's error code; 0 when there is none. */
  errorCode: number
  /** End of what may be read: one past the newest record on all in-sync replicas; -1 with some errors. */
  endOffset: number
  /** Where the log ends in an epoch up to the one we read last, when it has lost records that we read. */
  diverging: { epoch: number; endOffset: number } | undefined
  /** Record batches, the last of which may be cut short. */
  batches: Buffer
}

export type FetchLimits = { waitMs: number; responseBytesMax: number; partitionBytesMax: number }

const fetchKey = 1
const fetchVersion = 17
const readUncommitted = 0

/**
 * Sends one fetch request to a leader and waits for the answer: at most `waitMs` when there is nothing new.
 *
 * Record batches come as they are stored, one Buffer a partition, without an object a record.
 *
 * @param rooms where batches are put: those of a response are written over by the second one after it
 * @param pool of connections used for fetches alone, so that a long poll holds up nothing else
 */
export async function fetchBatches(
  pool: ConnectionPool,
  rooms: Rooms,
  leader: Leader,
  topicId: string,
  positions: readonly Position[],
  limits: FetchLimits,
): Promise<FetchedPartition[]> {
  const connection = await pool.get(leader)
  const parse = (_id: number, _key: number, _version: number, reader: Reader) => parseResponse(reader, rooms)
  return new Promise((resolve, reject) => {
    const createRequest = () => fetchRequest(topicId, positions, limits)
    connection.send(fetchKey, fetchVersion, createRequest, parse, true, true, (error, response) => {
      if (error) reject(error)
      else resolve(response as FetchedPartition[])
    })
  })
}

function fetchRequest(topicId: string, positions: readonly Position[], limits: FetchLimits) {
  const { waitMs, responseBytesMax, partitionBytesMax } = limits
  const partitions = positions.map(({ partition, offset, leaderEpoch, lastFetchedEpoch }) => ({
    ...{ partition, fetchOffset: BigInt(offset), currentLeaderEpoch: leaderEpoch, lastFetchedEpoch },
    partitionMaxBytes: partitionBytesMax,
  }))
  const topics = [{ topicId, partitions }]
  // At least 1 byte: answer as soon as there is a record. Session 0, epoch -1: no fetch session.
  return fetchV17.createRequest(waitMs, 1, responseBytesMax, readUncommitted, 0, -1, topics, [], '')
}

function parseResponse(reader: Reader, rooms: Rooms): FetchedPartition[] {
  reader.readInt32() // throttle time: the broker itself delays the answer
  const errorCode = reader.readInt16()
  reader.readInt32() // session id
  if (errorCode !== 0)
    return [{ partition: -1, errorCode, endOffset: -1, diverging: undefined, batches: Buffer.alloc(0) }]
  const topics = reader.readArray(() => {
    reader.readUUID()
    return reader.readArray(() => parsePartition(reader, rooms), true, false)
  })
  reader.readTaggedFields()
  return topics.flat()
}

function parsePartition(reader: Reader, rooms: Rooms): FetchedPartition {
  const partition = reader.readInt32()
  const errorCode = reader.readInt16()
  const endOffset = Number(reader.readInt64()) // the high watermark
  reader.skip(16) // last stable offset and log start offset
  reader.readNullableArray(() => [reader.readInt64(), reader.readInt64()]) // aborted transactions
  reader.readInt32() // preferred read replica
  const batches = readBatches(reader, rooms, partition)
  return { partition, errorCode, endOffset, batches, diverging: readDiverging(reader) }
}

/** Reads the partition's tagged fields; 0 is the diverging epoch, which a parser that skips it never learns of. */
function readDiverging(reader: Reader): FetchedPartition['diverging'] {
  let diverging: FetchedPartition['diverging']
  for (let count = reader.readUnsignedVarInt(); count > 0; count--) {
    const tag = reader.readUnsignedVarInt()
    const end = reader.readUnsignedVarInt() + reader.position
    if (tag === 0) diverging = { epoch: reader.readInt32(), endOffset: Number(reader.readInt64()) }
    reader.skip(end - reader.position)
  }
  return diverging
}

/**
 * Room for record batches, by partition, used again by every second response: new memory for each would cost more than
 * what is copied into it, and pile up until it is collected.
 */
export type Rooms = Map<number, [Buffer, Buffer]>

function readBatches(reader: Reader, rooms: Rooms, partition: number): Buffer {
  const length = reader.readUnsignedVarInt() - 1
  if (length <= 0) return Buffer.alloc(0)
  const [older, newer] = rooms.get(partition) ?? [Buffer.alloc(0), Buffer.alloc(0)]
  const room = older.length < length ? Buffer.allocUnsafeSlow(length) : older
  rooms.set(partition, [newer, room])
  let end = 0
  for (const piece of reader.buffer.subarray(reader.position, reader.position + length).buffers)
    end += piece.copy(room, end)
  reader.skip(length)
  return room.subarray(0, length)
}
