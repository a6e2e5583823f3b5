import { copyLiterals, copyMatch, keepHistory } from './lz77.ts'

const magic = 0x184d2204
const storedFlag = 2 ** 31

/**
 * Decompresses an LZ4 frame. Its checksums are not looked at: the record batch has one.
 *
 * @param room overwritten; has room for the history and a block of 4 MiB, the largest that there is
 * @returns pieces of `room`; each holds until the next is asked for
 * @throws RangeError when the frame is damaged
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function* decompressLz4(bytes: Buffer, room: Buffer): Generator<Buffer> {
  if (bytes.readUInt32LE(0) !== magic) throw new RangeError('it is no LZ4 frame')
  const flags = bytes.readUInt8(4)
  const blockSize = (bytes.readUInt8(5) >> 4) & 7 // 4 is 64 KiB, 7 is 4 MiB
  if (flags >> 6 !== 1 || blockSize < 4) throw new RangeError('its LZ4 frame is of a kind not known')
  const blockBytesMax = 4 ** (4 + blockSize)
  let at = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0) // content size, dictionary
  let [start, end] = [0, 0]
  for (;;) {
    const size = bytes.readUInt32LE(at)
    if (size === 0) break
    const blockStart = at + 4
    const blockEnd = blockStart + (size % storedFlag)
    if (blockEnd > bytes.length) throw new RangeError('its LZ4 frame is cut off')
    if (end + blockBytesMax > room.length) {
      yield room.subarray(start, end)
      end = keepHistory(room, end)
      start = end
    }
    const decompressOne = size < storedFlag ? decompressBlock : copyBlock
    end = decompressOne(bytes, blockStart, blockEnd, room, end, end + blockBytesMax)
    at = blockEnd + (flags & 0x10 ? 4 : 0) // a checksum a block
  }
  if (end > start) yield room.subarray(start, end)
}

/** Decompresses the block from `start` to `end` into `room` from `out` on; returns where it ends there, at `limit` at most. */
function decompressBlock(
  bytes: Buffer,
  start: number,
  end: number,
  room: Buffer,
  outStart: number,
  limit: number,
): number {
  let at = start
  let out = outStart
  // Bytes past the end make lengths that are no numbers, which no comparison lets pass.
  while (at < end) {
    const token = bytes[at++]!
    let literals = token >> 4
    if (literals === 15) {
      do literals += bytes[at]!
      while (bytes[at++] === 255)
    }
    if (!(at + literals <= end && out + literals <= limit)) throw damaged(start)
    out = copyLiterals(bytes, at, literals, room, out)
    at += literals
    if (at === end) break // the last sequence has no match
    const back = bytes[at]! | (bytes[at + 1]! << 8)
    at += 2
    let count = (token & 15) + 4
    if (count === 19) {
      do count += bytes[at]!
      while (bytes[at++] === 255)
    }
    if (back === 0 || back > out || !(at <= end && out + count <= limit)) throw damaged(start)
    out = copyMatch(room, out, back, count)
  }
  return out
}

/** The same for a block that is stored as it is. */
const copyBlock: typeof decompressBlock = (bytes, start, end, room, out, limit) => {
  if (out + end - start > limit) throw damaged(start)
  return copyLiterals(bytes, start, end - start, room, out)
}

function damaged(at: number): RangeError {
  return new RangeError(`its LZ4 block at byte ${at} is damaged`)
}
