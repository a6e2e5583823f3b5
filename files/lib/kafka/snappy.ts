import { copyLiterals, copyMatch, keepHistory } from './lz77.ts'

const xerialMagic = Buffer.from('\x82SNAPPY\0', 'latin1')
const xerialHeaderLength = 16
const longestMatch = 64

/** Where decompression is: in the compressed bytes and in the room; and how many bytes of a literal are still to be copied. */
type Progress = { at: number; out: number; literals: number }

/**
 * Decompresses snappy, raw or in the chunks that xerial's Java library makes. Its matches may reach back 64 KiB, as those of all
 * compressors do; the format would allow more.
 *
 * @param room overwritten; has room for that history and a piece
 * @returns pieces of `room`; each holds until the next is asked for
 * @throws RangeError when the bytes are damaged, or a match reaches further back
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function* decompressSnappy(bytes: Buffer, room: Buffer): Generator<Buffer> {
  const progress: Progress = { at: 0, out: 0, literals: 0 }
  let start = 0
  for (const [chunkStart, chunkEnd] of chunksOf(bytes)) {
    progress.at = chunkStart
    let sizeLeft = readSize(bytes, progress)
    while (progress.at < chunkEnd) {
      const before = progress.out
      decompressUntilFull(bytes, chunkEnd, room, progress)
      sizeLeft -= progress.out - before
      if (progress.at >= chunkEnd) break
      yield room.subarray(start, progress.out)
      progress.out = keepHistory(room, progress.out)
      start = progress.out
    }
    if (sizeLeft !== 0)
      throw new RangeError(`its snappy chunk at byte ${chunkStart} has not the size that it says`)
  }
  if (progress.out > start) yield room.subarray(start, progress.out)
}

function* chunksOf(bytes: Buffer): Generator<[start: number, end: number]> {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) {
    yield [0, bytes.length]
    return
  }
  for (let at = xerialHeaderLength; at < bytes.length; ) {
    const start = at + 4
    at = start + bytes.readUInt32BE(at)
    if (at > bytes.length) throw new RangeError('its snappy chunk is cut off')
    yield [start, at]
  }
}

/** Reads the unsigned varint that raw snappy begins with. */
function readSize(bytes: Buffer, progress: Progress): number {
  let size = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes.readUInt8(progress.at++)
    size += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) break
  }
  return size
}

/** Decompresses a chunk until its end, or until the room may be too small for what comes next. */
function decompressUntilFull(bytes: Buffer, end: number, room: Buffer, progress: Progress): void {
  let { at, out, literals } = progress
  while ((literals > 0 || at < end) && out + longestMatch <= room.length) {
    if (literals > 0) {
      const count = Math.min(literals, room.length - out)
      out = copyLiterals(bytes, at, count, room, out)
      at += count
      literals -= count
      continue
    }
    const tag = bytes[at++]!
    const kind = tag & 3
    if (kind === 0) {
      literals = (tag >> 2) + 1
      if (literals > 60) {
        const lengthBytes = literals - 60
        literals = 1
        for (let i = 0; i < lengthBytes; i++) literals += bytes[at++]! * 2 ** (8 * i)
      }
      // Bytes past the end make a length that is no number, which no comparison lets pass.
      if (!(at + literals <= end)) throw damaged(at)
      continue
    }
    let back = bytes[at]! + (kind === 1 ? (tag & 0xe0) << 3 : bytes[at + 1]! * 2 ** 8)
    if (kind === 3) back += bytes[at + 2]! * 2 ** 16 + bytes[at + 3]! * 2 ** 24
    at += kind === 3 ? 4 : kind
    if (back === 0 || !(at <= end && back <= out)) throw damaged(at)
    out = copyMatch(room, out, back, kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1)
  }
  progress.at = at
  progress.out = out
  progress.literals = literals
}

function damaged(at: number): RangeError {
  return new RangeError(`its snappy at byte ${at} is damaged`)
}
