/*
 * Decompresses compressed record batches, in pieces of some MiB: a batch of some kB may expand to gigabytes, and a sound one is
 * read whatever its size. Usual batches are one piece.
 */
import { createRequire } from 'node:module'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { decompressLz4 } from './lz4.ts'
import { historyBytes } from './lz77.ts'
import { decompressSnappy } from './snappy.ts'

/** The longest piece. */
export const pieceBytesMax = 4 * 1024 * 1024

/**
 * Decompresses the records of a batch.
 *
 * @param method as in the header of a batch: 1 gzip, 2 snappy, 3 lz4, 4 zstd
 * @returns pieces of bytes, one after the other; each holds until the next is asked for, or another batch is decompressed
 * @throws an error of the method's own when the bytes are damaged; a RangeError when there is no such method
 */
export function* decompress(method: number, bytes: Buffer): Generator<Buffer> {
  if (method === 1) yield* decompressByZlib(bytes, gunzipSync, 'Gunzip', 4096)
  else if (method === 2) yield* decompressSnappy(bytes, room())
  else if (method === 3) yield* decompressLz4(bytes, room())
  else if (method === 4) yield* decompressByZlib(bytes, zstdDecompressSync, 'ZstdDecompress', 128)
  else throw new RangeError(`method ${method} is not known`)
}

let made: Buffer | undefined

/** What pieces are made in, one batch after the other. */
function room(): Buffer {
  made ??= Buffer.allocUnsafeSlow(historyBytes + pieceBytesMax)
  return made
}

/**
 * Decompresses in one go what makes one piece, which is faster for usual batches; what makes more, by a stream.
 *
 * @param step how many bytes the stream is given at a time: so many expand to some MiB at most
 */
function* decompressByZlib(
  bytes: Buffer,
  inOneGo: typeof gunzipSync | typeof zstdDecompressSync,
  streamName: 'Gunzip' | 'ZstdDecompress',
  step: number,
): Generator<Buffer> {
  let whole: Buffer | undefined
  try {
    whole = inOneGo(bytes, { maxOutputLength: pieceBytesMax })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error
  }
  if (whole) yield whole
  else yield* decompressByStream(bytes, streamName, step)
}

/** By minizlib, npm's own: what Node's streams of zlib decompress comes only when all that waits has run. */
function* decompressByStream(
  bytes: Buffer,
  name: 'Gunzip' | 'ZstdDecompress',
  step: number,
): Generator<Buffer> {
  const minizlib: typeof import('minizlib') = createRequire(import.meta.url)('minizlib')
  const stream = new minizlib[name]({})
  let chunks: Buffer[] = []
  let failure: unknown
  stream.on('data', (chunk) => chunks.push(chunk))
  stream.on('error', (error) => {
    failure = error
  })
  const piece = room()
  let filled = 0
  for (let at = 0; at < bytes.length; at += step) {
    const end = at + step
    stream.write(bytes.subarray(at, end))
    // Without its end, what is cut off would be taken for whole.
    if (end >= bytes.length && !failure) stream.end()
    if (failure) throw failure
    for (const chunk of chunks) {
      if (filled + chunk.length > piece.length) {
        yield piece.subarray(0, filled)
        filled = 0
      }
      filled += chunk.copy(piece, filled)
    }
    chunks = []
  }
  if (filled > 0) yield piece.subarray(0, filled)
}
