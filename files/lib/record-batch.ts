/*
 * Kafka's batch format v2, decoded into columns: the hot path. It is written with plain loops, a cursor and reused
 * typed arrays, and without an object a record, because that folds millions of records a second (`npm run bench`).
 * test/support/read-batch.ts reads the same bytes in a simple way, to hold this against. It is longer than other files
 * because header, records and varints are one format, and a call between modules for each varint would be felt.
 */
import { DynamicBuffer } from '@platformatic/dynamic-buffer'
import { crc32c } from '@platformatic/kafka'
import { decompress } from './decompress.ts'
import { OperatingError } from './program.ts'

/** What stands before the records of a batch. Offsets are those of the topic's partition. */
export type BatchHeader = {
  /** Where the batch begins in the bytes fetched, and its length there. */
  position: number
  byteLength: number
  baseOffset: number
  /** One past the batch's last offset, whether or not a record is left there. */
  nextOffset: number
  leaderEpoch: number
  /** Transaction markers and the like: no reports in it. */
  isControl: boolean
  compression: number
  recordCount: number
}

/** Records of one batch: entry i of each column belongs to the i-th record. Reused from batch to batch. */
export type RecordColumns = {
  count: number
  /** What the ranges point into: the fetched bytes, or the decompressed ones. */
  bytes: Buffer
  offsets: Float64Array
  /** Ranges of keys and values in `bytes`; start -1 means null. */
  keyStarts: Int32Array
  keyEnds: Int32Array
  valueStarts: Int32Array
  valueEnds: Int32Array
}

const headerLength = 61
const crcStart = 21
const shortestRecord = 7
/** Largest size that a compressed batch may unfold to: bounds memory, whatever a batch claims. */
const decompressedBytesMax = 64 * 1024 * 1024

export function emptyColumns(capacity = 1024): RecordColumns {
  return {
    count: 0,
    bytes: Buffer.alloc(0),
    offsets: new Float64Array(capacity),
    keyStarts: new Int32Array(capacity),
    keyEnds: new Int32Array(capacity),
    valueStarts: new Int32Array(capacity),
    valueEnds: new Int32Array(capacity),
  }
}

/**
 * Reads the header of the batch that begins at `position`.
 *
 * @returns undefined when the bytes end before the batch does: the broker cuts the last one where its limit falls
 * @throws OperatingError when this is no batch of format 2
 */
export function readBatchHeader(bytes: Buffer, position: number): BatchHeader | undefined {
  if (bytes.length - position < headerLength) return undefined
  const byteLength = 12 + bytes.readInt32BE(position + 8)
  const baseOffset = readOffset(bytes, position)
  const magic = bytes[position + 16]
  if (magic !== 2) throw damaged(baseOffset, `has format ${magic}, expected 2`)
  if (byteLength < headerLength)
    throw damaged(baseOffset, `is ${byteLength} bytes long, expected at least ${headerLength}`)
  if (bytes.length - position < byteLength) return undefined
  const attributes = bytes.readInt16BE(position + 21)
  return {
    position,
    byteLength,
    baseOffset,
    nextOffset: baseOffset + bytes.readInt32BE(position + 23) + 1,
    leaderEpoch: bytes.readInt32BE(position + 12),
    isControl: (attributes & 0x20) !== 0,
    compression: attributes & 7,
    recordCount: bytes.readInt32BE(position + 57),
  }
}

/**
 * Decodes the records of a batch into `columns`, its CRC-32C checked first: the client library does not check it.
 *
 * @param columns overwritten; grown when the batch has more records than it has room for
 * @throws OperatingError when the checksum differs or the records do not fill the batch as its header says
 */
export function decodeRecords(bytes: Buffer, header: BatchHeader, columns: RecordColumns): void {
  const end = header.position + header.byteLength
  const stored = bytes.readUInt32BE(header.position + 17)
  // In a DynamicBuffer, for crc32c copies any other bytes first.
  const computed = crc32c(new DynamicBuffer(bytes.subarray(header.position + crcStart, end)))
  if (stored !== computed) {
    throw damaged(header.baseOffset, `has CRC-32C ${hex(computed)}, expected ${hex(stored)}`)
  }
  const records = bytes.subarray(header.position + headerLength, end)
  columns.bytes = header.compression === 0 ? records : unfold(records, header)
  // Checked before room is made, so that no header can ask for more memory than its bytes could fill.
  if (header.recordCount < 0 || header.recordCount * shortestRecord > columns.bytes.length) {
    throw damaged(header.baseOffset, `says ${header.recordCount} records in ${columns.bytes.length} bytes`)
  }
  if (columns.offsets.length < header.recordCount)
    Object.assign(columns, emptyColumns(header.recordCount), { bytes: columns.bytes })
  fillColumns(columns, header)
}

function fillColumns(columns: RecordColumns, { baseOffset, nextOffset, recordCount }: BatchHeader): void {
  const { bytes, offsets, keyStarts, keyEnds, valueStarts, valueEnds } = columns
  cursor = 0
  let offset = baseOffset - 1
  for (let i = 0; i < recordCount; i++) {
    const length = readVarint(bytes)
    const end = cursor + length
    cursor++ // attributes, unused by Kafka
    skipVarint(bytes) // timestamp delta
    const offsetBefore = offset
    offset = baseOffset + readVarint(bytes)
    offsets[i] = offset
    const keyLength = readVarint(bytes)
    keyStarts[i] = keyLength < 0 ? -1 : cursor
    cursor += Math.max(keyLength, 0)
    keyEnds[i] = cursor
    const valueLength = readVarint(bytes)
    valueStarts[i] = valueLength < 0 ? -1 : cursor
    cursor += Math.max(valueLength, 0)
    valueEnds[i] = cursor
    if (length < 0 || cursor > end || end > bytes.length) {
      throw damaged(baseOffset, `is cut off in its record ${i} of ${recordCount}`)
    }
    if (offset <= offsetBefore || offset >= nextOffset) {
      throw damaged(
        baseOffset,
        `has offset ${offset} after ${offsetBefore}, expected less than ${nextOffset}`,
      )
    }
    cursor = end // past the headers, which we do not use
  }
  if (cursor !== bytes.length)
    throw damaged(baseOffset, `has ${bytes.length - cursor} bytes after its last record`)
  columns.count = recordCount
}

// The place in the bytes: a variable of the module, for returning a pair would make an object a number.
let cursor = 0
// Where a varint that does not end leaves the cursor, so that its record is found cut off.
const pastAnyEnd = 2 ** 30

/** Reads a zigzag varint of up to 32 bits at the cursor and moves it past. */
function readVarint(bytes: Buffer): number {
  const first = bytes[cursor++]!
  if (first < 0x80) return (first >>> 1) ^ -(first & 1)
  let value = first & 0x7f
  for (let shift = 7; shift < 35; shift += 7) {
    const byte = bytes[cursor++]!
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
  }
  cursor = pastAnyEnd
  return 0
}

/** Moves the cursor past a varint of any length: timestamps have up to 64 bits. */
function skipVarint(bytes: Buffer): void {
  while (bytes[cursor++]! >= 0x80);
}

/** Offsets are 64-bit in Kafka; ours become numbers here, exact up to 2^53. */
function readOffset(bytes: Buffer, position: number): number {
  return bytes.readInt32BE(position) * 2 ** 32 + bytes.readUInt32BE(position + 4)
}

function unfold(records: Buffer, { compression, baseOffset }: BatchHeader): Buffer {
  try {
    return decompress(compression, records, decompressedBytesMax)
  } catch (cause) {
    throw damaged(baseOffset, `cannot be decompressed (${(cause as Error).message})`, cause)
  }
}

function damaged(baseOffset: number, what: string, cause?: unknown): OperatingError {
  return new OperatingError(`the batch at offset ${baseOffset} ${what}`, { cause })
}

const hex = (value: number) => value.toString(16).padStart(8, '0')
