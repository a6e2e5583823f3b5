import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { compressionsAlgorithms } from '@platformatic/kafka'

const { snappy, lz4 } = compressionsAlgorithms

/**
 * Decompresses the records of a batch, unless they would take more than `bytesMax`: that bounds memory, whatever a
 * batch of some kB unfolds to.
 *
 * @param method as in the attributes of a batch: 1 gzip, 2 snappy, 3 lz4, 4 zstd
 * @throws an error of the method's own when the bytes are damaged; a RangeError when they unfold to more, or when there
 * is no such method
 */
export function decompress(method: number, bytes: Buffer, bytesMax: number): Buffer {
  if (method === 1) return gunzipSync(bytes, { maxOutputLength: bytesMax })
  if (method === 4) return zstdDecompressSync(bytes, { maxOutputLength: bytesMax })
  if (method !== 2 && method !== 3) throw new RangeError(`method ${method} is not known`)
  // These two unfold in one go, so their size is found before.
  const size = method === 2 ? snappySize(bytes) : lz4SizeMax(bytes)
  if (size > bytesMax) throw new RangeError(`it unfolds to up to ${size} bytes, expected at most ${bytesMax}`)
  return (method === 2 ? snappy : lz4).decompressSync(bytes)
}

const xerialMagic = Buffer.from('\x82SNAPPY\0', 'latin1')
const xerialHeaderLength = 16

/** The size that snappy's bytes declare, raw or in the chunks that xerial's Java library makes. */
function snappySize(bytes: Buffer): number {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return readSize(bytes, 0)
  let size = 0
  for (let position = xerialHeaderLength; position < bytes.length; ) {
    size += readSize(bytes, position + 4)
    position += 4 + bytes.readUInt32BE(position)
  }
  return size
}

/** Reads the unsigned varint that raw snappy begins with. */
function readSize(bytes: Buffer, start: number): number {
  let size = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes.readUInt8(start + i)
    size += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) break
  }
  return size
}

/** The size that an lz4 frame can have at most: its blocks, each as large as the frame allows. */
function lz4SizeMax(bytes: Buffer): number {
  const flags = bytes.readUInt8(4)
  const blockBytesMax = 4 ** (4 + ((bytes.readUInt8(5) >> 4) & 7)) // 4 is 64 KiB, 7 is 4 MiB
  let position = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0) // content size, dictionary
  let blocks = 0
  for (; position + 4 <= bytes.length; blocks++) {
    const length = bytes.readUInt32LE(position) & 0x7fff_ffff // the highest bit: stored as it is
    if (length === 0) break
    position += 4 + length + (flags & 0x10 ? 4 : 0) // a checksum a block
  }
  return blocks * blockBytesMax
}
