import { compressionsAlgorithms, crc32c } from '@platformatic/kafka'

export type RecordToBuild = {
  key: Buffer | null
  value: Buffer | null
  /** Offset less the batch's base offset; the record's place in the batch unless told otherwise. */
  offsetDelta?: number
  timestampDelta?: bigint
  headers?: [key: string, value: Buffer | null][]
}

export type BatchToBuild = {
  records: RecordToBuild[]
  baseOffset?: number | bigint
  leaderEpoch?: number
  compression?: Compression
  isControl?: boolean
  isTransactional?: boolean
  producerId?: bigint
  /** What the header says, where that is not what the records make. */
  lastOffsetDelta?: number
  recordCount?: number
  magic?: number
  /** Stands after the last record, as part of the batch. */
  trailing?: Buffer
}

export const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd', 'snappy in xerial frames'] as const
export type Compression = (typeof compressions)[number]

const { gzip, snappy, lz4, zstd } = compressionsAlgorithms

/**
 * Builds a record batch as a producer sends it, from the format's documentation and not from our decoder.
 *
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function buildBatch(batch: BatchToBuild): Buffer {
  const { records, compression = 'none', trailing = Buffer.alloc(0) } = batch
  const bytes = Buffer.concat([Buffer.alloc(61), ...records.map(buildRecord), trailing])
  bytes.writeBigInt64BE(BigInt(batch.baseOffset ?? 0), 0)
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt32BE(batch.leaderEpoch ?? 0, 12)
  bytes.writeInt8(batch.magic ?? 2, 16)
  bytes.writeInt16BE((batch.isControl ? 0x20 : 0) | (batch.isTransactional ? 0x10 : 0), 21)
  bytes.writeInt32BE(batch.lastOffsetDelta ?? records.at(-1)?.offsetDelta ?? records.length - 1, 23)
  bytes.writeBigInt64BE(1_700_000_000_000n, 27)
  bytes.writeBigInt64BE(1_700_000_000_000n, 35)
  bytes.writeBigInt64BE(batch.producerId ?? -1n, 43)
  bytes.writeInt16BE(-1, 51)
  bytes.writeInt32BE(-1, 53)
  bytes.writeInt32BE(batch.recordCount ?? records.length, 57)
  return compressBatch(bytes, compression)
}

/** Compresses the records of a batch that was built without compression, whatever they are, and sets the checksum. */
export function compressBatch(plain: Buffer, compression: Compression): Buffer {
  const bytes = Buffer.concat([plain.subarray(0, 61), compress(plain.subarray(61), compression)])
  bytes.writeInt32BE(bytes.length - 12, 8)
  const method = compression === 'snappy in xerial frames' ? 2 : compressions.indexOf(compression)
  bytes.writeInt16BE((bytes.readInt16BE(21) & ~7) | method, 21)
  return withRightChecksum(bytes)
}

/** Gives the one batch in `bytes`, which is changed in place, the checksum that its bytes make. */
export function withRightChecksum(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17)
  return bytes
}

function buildRecord(
  { key, value, offsetDelta, timestampDelta, headers = [] }: RecordToBuild,
  index: number,
): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta ?? 0n),
    varint(BigInt(offsetDelta ?? index)),
    sized(key),
    sized(value),
    varint(BigInt(headers.length)),
    ...headers.flatMap(([name, content]) => [sized(Buffer.from(name)), sized(content)]),
  ])
  return Buffer.concat([varint(BigInt(body.length)), body])
}

function sized(bytes: Buffer | null): Buffer {
  return bytes ? Buffer.concat([varint(BigInt(bytes.length)), bytes]) : varint(-1n)
}

/** Zigzag, then seven bits a byte, the lowest first. */
export function varint(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  const bytes: number[] = []
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}

function compress(bytes: Buffer, compression: Compression): Buffer {
  if (compression === 'none') return bytes
  if (compression === 'snappy in xerial frames') return xerial(bytes)
  return { gzip, snappy, lz4, zstd }[compression].compressSync(bytes)
}

/** As Kafka's Java client frames snappy: magic, two version numbers, then chunks with their sizes. */
function xerial(bytes: Buffer, chunkBytes = 1000): Buffer {
  const pieces = [Buffer.from('82534e4150505900', 'hex'), int32(1), int32(1)]
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const chunk = snappy.compressSync(bytes.subarray(start, start + chunkBytes))
    pieces.push(int32(chunk.length), chunk)
  }
  return Buffer.concat(pieces)
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
