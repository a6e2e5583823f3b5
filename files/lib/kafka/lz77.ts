/*
 * What LZ4 and snappy share: bytes taken over from the compressed ones, and bytes that repeat those made before. Both are
 * decompressed into one room, piece by piece; when it is full, the newest bytes go to its start, for matches reach back to them.
 */

/** How far back a match may reach: as far as LZ4 can say, and as snappy's compressors go. */
export const historyBytes = 64 * 1024

/** Moves the newest bytes to the start of the room; returns where they end. */
export function keepHistory(room: Buffer, end: number): number {
  const start = Math.max(end - historyBytes, 0)
  room.copyWithin(0, start, end)
  return end - start
}

/** Copies compressed bytes as they are; returns where they end in the room. */
export function copyLiterals(bytes: Buffer, start: number, count: number, room: Buffer, out: number): number {
  // A call costs more than some bytes one by one.
  if (count > 32) bytes.copy(room, out, start, start + count)
  else for (let i = 0; i < count; i++) room[out + i] = bytes[start + i]!
  return out + count
}

/** Repeats bytes from so far back, which may reach into those that this makes; returns where they end. */
export function copyMatch(room: Buffer, out: number, back: number, count: number): number {
  const end = out + count
  if (count > 64 && back >= count) room.copyWithin(out, out - back, end - back)
  else for (let i = out; i < end; i++) room[i] = room[i - back]!
  return end
}
