/*
 * Tells the records of committed transactions, and those outside of one, from those of aborted ones, as a fetch with
 * isolation level "read committed" leaves to its client.
 */
import type { AbortedTransaction } from './fetch.ts'
import {
  type BatchHeader,
  checkBatch,
  emptyHeader,
  emptyReader,
  nextRecord,
  openRecords,
  type RecordReader,
  readBatchHeader,
} from './record-batch.ts'

/** What the records of a batch are: markers of transactions and the like, aborted, or for all to see. */
export type Visibility = 'control' | 'aborted' | 'visible'

/** A batch of a fetch answer, and what reads its records. */
export type FetchedBatch = { header: BatchHeader; visibility: Visibility; records: RecordReader }

/**
 * Reads the batches of a fetch answer, each with its checksum checked; a last one cut short is left out.
 *
 * @returns one object, overwritten from batch to batch
 * @throws OperatingError when a batch is damaged
 */
export function* batchesOf(fetched: {
  bytes: Buffer
  aborted: readonly AbortedTransaction[]
}): Generator<FetchedBatch> {
  const { bytes, aborted } = fetched
  const header = emptyHeader()
  const records = emptyReader()
  const batch: FetchedBatch = { header, visibility: 'visible', records }
  const visibilityOf = followTransactions(aborted)
  for (let position = 0; readBatchHeader(bytes, position, header); position += header.byteLength) {
    checkBatch(bytes, header)
    batch.visibility = visibilityOf(bytes, header)
    openRecords(records, bytes, header)
    yield batch
  }
}

/**
 * Follows the transactions through one fetch answer.
 *
 * @param aborted every aborted transaction that overlaps what the answer brings of the partition, in any order: what an
 * earlier answer named plays no part
 * @returns tells what a batch is; to be called for each one, in order, its checksum checked before
 */
export function followTransactions(
  aborted: readonly AbortedTransaction[],
): (bytes: Buffer, header: BatchHeader) => Visibility {
  if (aborted.length === 0) return (_, { isControl }) => (isControl ? 'control' : 'visible')
  const toCome = aborted.toSorted((a, b) => b.firstOffset - a.firstOffset)
  const aborting = new Set<bigint>()
  return (bytes, header) => {
    if (!header.isTransactional) return header.isControl ? 'control' : 'visible'
    while (toCome.length > 0 && toCome.at(-1)!.firstOffset < header.nextOffset)
      aborting.add(toCome.pop()!.producerId)
    if (!header.isControl) return aborting.has(header.producerId) ? 'aborted' : 'visible'
    if (readMarker(bytes, header) === abortMarker) aborting.delete(header.producerId)
    return 'control'
  }
}

const abortMarker = 0

// Reused from batch to batch.
const reader = emptyReader()

/**
 * Reads the type of the control record in a control batch: 0 for the end of an aborted transaction, 1 of a committed one.
 * There are others.
 *
 * @returns undefined when there is no record, as compaction leaves it
 * @throws OperatingError when the batch is damaged
 */
function readMarker(bytes: Buffer, header: BatchHeader): number | undefined {
  openRecords(reader, bytes, header)
  if (!nextRecord(reader) || reader.keyStart < 0 || reader.keyEnd - reader.keyStart < 4) return undefined
  // The key: a version, and the type, 16 bits each.
  return reader.bytes.readInt16BE(reader.keyStart + 2)
}
