/*
 * Kafka's batch format v2: headers, checksums and records. It is a hot path, written with plain loops and reused objects:
 * a log whose records were sent one by one has a batch a record, and millions of them are read a second (`node
 * bench/decode.ts`). test/support/read-batch.ts reads the same bytes in a simple way, to hold this against.
 */
import { createRequire } from 'node:module'
import { OperatingError } from '../core/program.ts'
import { viewOf } from '../core/view-of.ts'
import { crc32c } from './crc32c.ts'

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
  isTransactional: boolean
  /** Whose transaction it belongs to; -1 outside of one. */
  producerId: bigint
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; 5 to 7 are not known. */
  compression: number
  recordCount: number
}

/**
 * The records of a batch, read one after the other.
 *
 * @see openRecords, nextRecord
 */
export type RecordReader = {
  /** What the ranges point into: the fetched bytes or decompressed ones. They hold until the next record is read. */
  bytes: Buffer
  /** Where the next record begins, and where the records at hand end. */
  at: number
  end: number
  /** Records still to come, of those that the header tells. */
  left: number
  /** Offset of the record read last, less the batch's base offset; -1 before the first. */
  delta: number
  /** The largest that is in the batch's range. */
  lastDelta: number
  baseOffset: number
  recordCount: number
  /** What comes after `bytes`, of a batch that is decompressed piece by piece. */
  pieces: Iterator<Buffer> | undefined

  /** Of the record read last. */
  offset: number
  /** Ranges of its key and value in `bytes`; start -1 means null. */
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
  /** Its length where that is more than `recordBytesMax`, else 0. It has then null for key and value: they were passed over. */
  excessiveBytes: number
}

/** A longer record is passed over unseen: that bounds the memory which a batch of some kB may ask for. */
export const recordBytesMax = 4 * 1024 * 1024

const headerLength = 61
const crcStart = 21
const lastDeltaAt = 23
const controlFlag = 0x20
const transactionFlag = 0x10
const noProducer = -1n

export function emptyHeader(): BatchHeader {
  return {
    position: 0,
    byteLength: 0,
    baseOffset: 0,
    nextOffset: 0,
    leaderEpoch: 0,
    isControl: false,
    isTransactional: false,
    producerId: noProducer,
    compression: 0,
    recordCount: 0,
  }
}

export function emptyReader(): RecordReader {
  return {
    bytes: Buffer.alloc(0),
    at: 0,
    end: 0,
    left: 0,
    delta: -1,
    lastDelta: -1,
    baseOffset: 0,
    recordCount: 0,
    pieces: undefined,
    offset: 0,
    keyStart: -1,
    keyEnd: -1,
    valueStart: -1,
    valueEnd: -1,
    excessiveBytes: 0,
  }
}

/**
 * Reads the header of the batch that begins at `position`.
 *
 * @param into overwritten
 * @returns false when the bytes end before the batch does: the broker cuts the last one where its limit falls
 * @throws OperatingError when this is no batch of format 2
 */
export function readBatchHeader(bytes: Buffer, position: number, into: BatchHeader): boolean {
  const bytesLeft = bytes.length - position
  if (bytesLeft < headerLength) return false
  const view = viewOf(bytes)
  const byteLength = 12 + view.getInt32(position + 8)
  // Offsets are 64-bit in Kafka; ours become numbers here, exact up to 2^53.
  const baseOffset = view.getInt32(position) * 2 ** 32 + view.getUint32(position + 4)
  const magic = view.getUint8(position + 16)
  if (magic !== 2) throw damaged(baseOffset, `has format ${magic}, expected 2`)
  if (byteLength < headerLength)
    throw damaged(baseOffset, `is ${byteLength} bytes long, expected at least ${headerLength}`)
  if (bytesLeft < byteLength) return false
  const attributes = view.getInt16(position + 21)
  into.position = position
  into.byteLength = byteLength
  into.baseOffset = baseOffset
  into.nextOffset = baseOffset + view.getInt32(position + lastDeltaAt) + 1
  into.leaderEpoch = view.getInt32(position + 12)
  into.isControl = (attributes & controlFlag) !== 0
  into.isTransactional = (attributes & transactionFlag) !== 0
  into.producerId = into.isTransactional ? view.getBigInt64(position + 43) : noProducer
  into.compression = attributes & 7
  into.recordCount = view.getInt32(position + 57)
  return true
}

/**
 * Checks a batch's CRC-32C, which covers all that follows it in the batch.
 *
 * @throws OperatingError when it differs
 */
export function checkBatch(bytes: Buffer, { position, byteLength, baseOffset }: BatchHeader): void {
  const stored = viewOf(bytes).getUint32(position + 17)
  const computed = crc32c(bytes, position + crcStart, position + byteLength)
  if (stored !== computed) throw damaged(baseOffset, `has CRC-32C ${hex(computed)}, expected ${hex(stored)}`)
}

/**
 * Begins to read the records of a batch whose checksum is right.
 *
 * @param reader overwritten
 * @throws OperatingError when the records cannot be decompressed
 */
export function openRecords(reader: RecordReader, bytes: Buffer, header: BatchHeader): void {
  const { position, byteLength, baseOffset, recordCount, compression } = header
  reader.bytes = bytes
  reader.at = position + headerLength
  reader.end = position + byteLength
  reader.left = recordCount
  reader.delta = -1
  reader.lastDelta = viewOf(bytes).getInt32(position + lastDeltaAt)
  reader.baseOffset = baseOffset
  reader.recordCount = recordCount
  reader.pieces = undefined
  if (recordCount < 0) throw damaged(baseOffset, `says that it has ${recordCount} records`)
  if (compression === 0) return
  decompress ??= loadDecompress()
  reader.pieces = decompress(compression, bytes.subarray(reader.at, reader.end))
  reader.at = reader.end
  haveBytes(reader, 1)
}

/**
 * Reads the next record of the batch.
 *
 * @returns false when there is none
 * @throws OperatingError when the records do not fill the batch as its header says
 */
export function nextRecord(reader: RecordReader): boolean {
  if (reader.left === 0) {
    expectEnd(reader)
    return false
  }
  if (reader.pieces) haveBytes(reader, longestVarint)
  const length = readVarint(reader.bytes, reader.at)
  const lengthBytes = lengthOfVarint(reader.bytes, reader.at)
  const isExcessive = length > recordBytesMax
  const bytesWanted = isExcessive ? headBytesMax : length
  if (reader.pieces) haveBytes(reader, lengthBytes + bytesWanted)
  const { bytes, baseOffset } = reader
  const start = reader.at + lengthBytes
  let at = start + 1 // past the attributes, unused by Kafka
  while (bytes[at++]! >= 0x80); // timestamp delta
  const delta = readVarint(bytes, at)
  at += lengthOfVarint(bytes, at)
  if (!isExcessive) at = readRanges(reader, at)
  if (length < 0 || at > start + bytesWanted || start + bytesWanted > reader.end) throw cutOff(reader)
  reader.at = start + bytesWanted // past the headers
  reader.excessiveBytes = 0
  if (isExcessive) passOver(reader, start, length)
  if (delta <= reader.delta || delta > reader.lastDelta) {
    const [before, next] = [baseOffset + reader.delta, baseOffset + reader.lastDelta + 1]
    throw damaged(baseOffset, `has offset ${baseOffset + delta} after ${before}, expected less than ${next}`)
  }
  reader.delta = delta
  reader.offset = baseOffset + delta
  reader.left--
  return true
}

type Decompress = typeof import('./decompress.ts').decompress
let decompress: Decompress | undefined

/** Loaded with the first compressed batch: a start must not wait for it. */
function loadDecompress(): Decompress {
  const module: typeof import('./decompress.ts') = createRequire(import.meta.url)('./decompress.ts')
  return module.decompress
}

/** Reads key and value, which begin at `at`; returns where they end. */
function readRanges(reader: RecordReader, start: number): number {
  const { bytes } = reader
  let at = start
  const keyLength = readVarint(bytes, at)
  at += lengthOfVarint(bytes, at)
  reader.keyStart = keyLength < 0 ? -1 : at
  if (keyLength > 0) at += keyLength
  reader.keyEnd = at
  const valueLength = readVarint(bytes, at)
  at += lengthOfVarint(bytes, at)
  reader.valueStart = valueLength < 0 ? -1 : at
  if (valueLength > 0) at += valueLength
  reader.valueEnd = at
  return at
}

/** Goes to the end of a record that is too long, which begins at `start`. */
function passOver(reader: RecordReader, start: number, length: number): void {
  reader.keyStart = -1
  reader.valueStart = -1
  reader.excessiveBytes = length
  reader.at = start
  let rest = length
  for (; rest > reader.end - reader.at; haveBytes(reader, 1)) {
    rest -= reader.end - reader.at
    reader.at = reader.end
    if (!reader.pieces) throw cutOff(reader)
  }
  reader.at += rest
}

/** Makes sure that so many bytes are at hand from `reader.at` on, as far as the batch has them. */
function haveBytes(reader: RecordReader, count: number): void {
  while (reader.end - reader.at < count && reader.pieces) {
    // Copied before the next piece is made, which may be in the same place.
    const left =
      reader.at < reader.end ? Buffer.from(reader.bytes.subarray(reader.at, reader.end)) : undefined
    const piece = nextPiece(reader)
    if (!piece) return
    reader.bytes = left ? Buffer.concat([left, piece]) : piece
    reader.at = 0
    reader.end = reader.bytes.length
  }
}

function nextPiece(reader: RecordReader): Buffer | undefined {
  try {
    const { value, done } = reader.pieces!.next()
    if (!done) return value
  } catch (cause) {
    throw damaged(reader.baseOffset, `cannot be decompressed (${(cause as Error).message})`, cause)
  }
  reader.pieces = undefined
  return undefined
}

function expectEnd(reader: RecordReader): void {
  if (reader.pieces) haveBytes(reader, 1)
  const count = reader.end - reader.at
  if (count > 0) throw damaged(reader.baseOffset, `has ${count} bytes or more after its last record`)
}

// Attributes, time and offset of a record have less.
const headBytesMax = 64

// A varint is at most so long here.
const longestVarint = 5
const pastAnyEnd = 2 ** 30

/** Reads a zigzag varint of up to 32 bits. Most have one byte. */
function readVarint(bytes: Buffer, at: number): number {
  let value = bytes[at]!
  if (value >= 0x80) value = (value & 0x7f) | readRest(bytes, at + 1)
  return (value >>> 1) ^ -(value & 1)
}

function readRest(bytes: Buffer, start: number): number {
  let rest = 0
  for (let i = 0; i < longestVarint - 1; i++) {
    const byte = bytes[start + i]!
    rest |= (byte & 0x7f) << (7 * (i + 1))
    if (byte < 0x80) break
  }
  return rest
}

/** The bytes of that varint; so many that its record is found cut off when it does not end in time. */
function lengthOfVarint(bytes: Buffer, at: number): number {
  if (bytes[at]! < 0x80) return 1
  for (let length = 2; length <= longestVarint; length++) if (bytes[at + length - 1]! < 0x80) return length
  return pastAnyEnd
}

function cutOff({ baseOffset, recordCount, left }: RecordReader): OperatingError {
  return damaged(baseOffset, `is cut off in its record ${recordCount - left} of ${recordCount}`)
}

function damaged(baseOffset: number, what: string, cause?: unknown): OperatingError {
  return new OperatingError(`the batch at offset ${baseOffset} ${what}`, { cause })
}

const hex = (value: number) => value.toString(16).padStart(8, '0')
