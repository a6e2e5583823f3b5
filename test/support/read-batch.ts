import { compressionsAlgorithms, crc32c } from '@platformatic/kafka'

export type SimpleRecord = { offset: bigint; key: Buffer | null; value: Buffer | null }

const { gzip, snappy, lz4, zstd } = compressionsAlgorithms
const methods = [undefined, gzip, snappy, lz4, zstd]

/**
 * Reads the record batch that `bytes` begin with in a simple and slow way, an object a record: what our decoder is held
 * against. Headers and timestamps, which we do not use, may be anything that the record's length has room for.
 *
 * @throws when it is damaged
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function readBatch(bytes: Buffer): SimpleRecord[] {
  const end = 12 + bytes.readInt32BE(8)
  expect(bytes[16] === 2 && end >= 61 && end <= bytes.length, 'header')
  expect(bytes.readUInt32BE(17) === crc32c(bytes.subarray(21, end)), 'checksum')
  const method = bytes.readInt16BE(21) & 7
  const body = bytes.subarray(61, end)
  expect(method <= 4, 'method of compression')
  const reader = { bytes: methods[method]?.decompressSync(body) ?? body, at: 0 }
  const [baseOffset, lastOffset] = [
    bytes.readBigInt64BE(0),
    bytes.readBigInt64BE(0) + BigInt(bytes.readInt32BE(23)),
  ]
  const count = bytes.readInt32BE(57)
  expect(count >= 0, 'number of records')
  const records: SimpleRecord[] = []
  for (let i = 0; i < count; i++) {
    const record = readRecord(reader, baseOffset)
    expect(record.offset > (records.at(-1)?.offset ?? baseOffset - 1n), 'order of offsets')
    expect(record.offset <= lastOffset, 'range of offsets')
    records.push(record)
  }
  expect(reader.at === reader.bytes.length, 'end')
  return records
}

type ByteReader = { bytes: Buffer; at: number }

function readRecord(reader: ByteReader, baseOffset: bigint): SimpleRecord {
  const length = readVarint(reader, 5)
  expect(length >= 0, 'length')
  const end = reader.at + length
  expect(end <= reader.bytes.length, 'length')
  reader.at += 1
  readVarint(reader, Number.POSITIVE_INFINITY) // timestamp
  const offset = baseOffset + BigInt(readVarint(reader, 5))
  const [key, value] = [readBytes(reader), readBytes(reader)]
  expect(reader.at <= end, 'length of the record')
  reader.at = end
  return { offset, key, value }
}

function readBytes(reader: ByteReader): Buffer | null {
  const length = readVarint(reader, 5)
  if (length < 0) return null
  reader.at += length
  expect(reader.at <= reader.bytes.length, 'length of a key or value')
  return reader.bytes.subarray(reader.at - length, reader.at)
}

function readVarint(reader: ByteReader, bytesMax: number): number {
  let value = 0n
  for (let i = 0; ; i++) {
    expect(i < bytesMax && reader.at < reader.bytes.length, 'varint')
    const byte = reader.bytes[reader.at++]!
    if (i < 10) value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) break
  }
  const bits = BigInt.asUintN(32, value)
  return Number(BigInt.asIntN(32, (bits >> 1n) ^ -(bits & 1n)))
}

function expect(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(`damaged: ${what}`)
}
