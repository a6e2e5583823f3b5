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
  let at = 0
  let offset = baseOffset - 1
  for (let i = 0; i < recordCount; i++) {
    const length = readVarint(bytes, at)
    at += lengthOfVarint(bytes, at)
    const end = at + length
    at++ // attributes, unused by Kafka
    while (bytes[at++]! >= 0x80); // timestamp delta
    const offsetBefore = offset
    offset = baseOffset + readVarint(bytes, at)
    at += lengthOfVarint(bytes, at)
    offsets[i] = offset
    const keyLength = readVarint(bytes, at)
    at += lengthOfVarint(bytes, at)
    keyStarts[i] = keyLength < 0 ? -1 : at
    if (keyLength > 0) at += keyLength
    keyEnds[i] = at
    const valueLength = readVarint(bytes, at)
    at += lengthOfVarint(bytes, at)
    valueStarts[i] = valueLength < 0 ? -1 : at
    if (valueLength > 0) at += valueLength
    valueEnds[i] = at
    if (length < 0 || at > end || end > bytes.length) {
      throw damaged(baseOffset, `is cut off in its record ${i} of ${recordCount}`)
    }
    if (offset <= offsetBefore || offset >= nextOffset) {
      throw damaged(
        baseOffset,
        `has offset ${offset} after ${offsetBefore}, expected less than ${nextOffset}`,
      )
    }
    at = end // past the headers, which we do not use
  }
  if (at !== bytes.length) throw damaged(baseOffset, `has ${bytes.length - at} bytes after its last record`)
  columns.count = recordCount
}

/** Reads a zigzag varint of up to 32 bits. Most have one byte. */
function readVarint(bytes: Buffer, at: number): number {
  let value = bytes[at]!
  if (value >= 0x80) value = (value & 0x7f) | readRest(bytes, at + 1)
  return (value >>> 1) ^ -(value & 1)
}

function readRest(bytes: Buffer, start: number): number {
  let rest = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[start + i]!
    rest |= (byte & 0x7f) << (7 * (i + 1))
    if (byte < 0x80) break
  }
  return rest
}

/** The bytes of that varint; so many that its record is found cut off when it does not end with the fifth. */
function lengthOfVarint(bytes: Buffer, at: number): number {
  if (bytes[at]! < 0x80) return 1
  for (let length = 2; length <= 5; length++) if (bytes[at + length - 1]! < 0x80) return length
  return pastAnyEnd
}

const pastAnyEnd = 2 ** 30

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
