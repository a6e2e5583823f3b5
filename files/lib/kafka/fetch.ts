import type { Exchange } from './api.ts'
import type { RequestWriter, ResponseReader } from './wire.ts'

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

/** A transaction that was aborted: of which producer, and the offset of its first record. */
export type AbortedTransaction = { producerId: bigint; firstOffset: number }

/** What a broker answers to a fetch of one partition. */
export type FetchedPartition = {
  /** Kafka's error code; 0 when there is none. */
  errorCode: number
  /** One past the newest record that all in-sync replicas have; -1 with some errors. */
  highWatermark: number
  /** One past the newest record that may be read: below the high watermark where a transaction is open. */
  lastStableOffset: number
  /** All aborted transactions that have records in `batches`. */
  aborted: AbortedTransaction[]
  /** Where the log ends in an epoch up to the one we read last, when it has lost records that we read. */
  diverging: { epoch: number; endOffset: number } | undefined
  /** Record batches, the last of which may be cut short; a part of the response's buffer. */
  batches: Buffer
}

/** `waitMs` is how long the broker waits for a record when there is none. */
export type FetchLimits = { waitMs: number; bytesMax: number }

/** Whether records of open transactions are read. Ours never are: nobody has decided yet whether they count. */
export const isolationLevels = { uncommitted: 0, committed: 1 } as const

const noBytes = Buffer.alloc(0)

/**
 * Fetches the records of one partition from its leader.
 *
 * Versions 13 to 18 differ for a consumer in where the replica's id stands, and in tagged fields that only replicas use.
 *
 * @see Kafka, clients, FetchRequest.json and FetchResponse.json; KIP-516 (topic ids), KIP-595 (diverging epochs)
 */
export function fetchExchange(
  topicId: string,
  position: Position,
  limits: FetchLimits,
): Exchange<FetchedPartition> {
  return {
    api: { name: 'Fetch', key: 1, versions: [13, 18] },
    write: (writer, version) => writeFetch(writer, version, topicId, position, limits),
    read: readFetch,
  }
}

function writeFetch(
  writer: RequestWriter,
  version: number,
  topicId: string,
  { partition, offset, leaderEpoch, lastFetchedEpoch }: Position,
  { waitMs, bytesMax }: FetchLimits,
): void {
  if (version < 15) writer.int32(-1) // no replica
  writer.int32(waitMs).int32(1) // at least 1 byte: answer as soon as there is a record
  writer.int32(bytesMax).int8(isolationLevels.committed)
  writer.int32(0).int32(-1) // no fetch session
  writer.compactArray([topicId], (id) => {
    writer.uuid(id).compactArray([partition], (index) => {
      writer.int32(index).int32(leaderEpoch).int64(offset).int32(lastFetchedEpoch)
      writer.int64(-1) // log start: of replicas alone
      writer.int32(bytesMax).noTags()
    })
    writer.noTags()
  })
  writer.compactArray([], () => {}) // nothing to forget
  writer.compactString('') // no rack: the leader answers, not a follower nearby
  writer.noTags()
}

// THROTTLING_QUOTA_EXCEEDED. @see api.ts
const throttled = 89

function readFetch(reader: ResponseReader): FetchedPartition {
  const throttleMs = reader.int32()
  const errorCode = reader.int16()
  reader.int32() // session
  if (errorCode !== 0) return failed(errorCode)
  const topics = reader.compactArray(() => {
    reader.uuid()
    const partitions = reader.compactArray(() => readPartition(reader))
    reader.tags()
    return partitions
  })
  const [answer] = topics.flat()
  // A client that a quota holds back gets an answer without error and without topics.
  if (!answer && throttleMs > 0) return failed(throttled)
  if (!answer) throw new RangeError('it names no partition')
  return answer
}

function readPartition(reader: ResponseReader): FetchedPartition {
  reader.int32() // partition
  const errorCode = reader.int16()
  const highWatermark = reader.int64()
  const lastStableOffset = reader.int64()
  reader.int64() // log start
  const aborted = reader.compactArray(() => {
    const transaction = { producerId: reader.bigint64(), firstOffset: reader.int64() }
    reader.tags()
    return transaction
  })
  reader.int32() // preferred replica: none, for there is no rack
  const batches = reader.compactBytes() ?? noBytes
  let diverging: FetchedPartition['diverging']
  reader.tags((tag) => {
    // A reader that passes over it would wait for ever: such an answer has no records.
    if (tag === 0) diverging = readEpochEnd(reader)
  })
  return { errorCode, highWatermark, lastStableOffset, aborted, diverging, batches }
}

function readEpochEnd(reader: ResponseReader) {
  const end = { epoch: reader.int32(), endOffset: reader.int64() }
  reader.tags()
  return end
}

function failed(errorCode: number): FetchedPartition {
  return {
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    aborted: [],
    diverging: undefined,
    batches: noBytes,
  }
}
