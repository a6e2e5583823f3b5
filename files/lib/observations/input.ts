import { createReadStream } from 'node:fs'
import { addAbortSignal, type TransformOptions } from 'node:stream'
import { createGunzip, type Gunzip, type ZlibOptions } from 'node:zlib'
import { archiveBytes, refuseArchive } from './identify.ts'

const chunkSize = 1 << 16
// Unpacking goes on, in a thread of its own, while lines are read.
const ahead: ZlibOptions & TransformOptions = { chunkSize, readableHighWaterMark: 4 * chunkSize }

/** Bytes, packed or not, and what errors call them. A chunk is looked at until the next one is asked for. */
export type Input = {
  source: string
  /** Of the file, if it is one. */
  path?: string
  chunks: AsyncIterable<Buffer>
}

/** The start of bytes, and all of them, the start included. Whoever does not read them to their end calls `return`. */
type Peeked = {
  start: Buffer
  chunks: AsyncIterable<Buffer> & Required<Pick<AsyncIterator<Buffer>, 'next' | 'return'>>
}

/** Opens a file, or standard input for `-`; the signal breaks off whoever reads it. */
export function openInput(path: string, signal: AbortSignal): Input {
  if (path === '-') return { source: 'standard input', chunks: addAbortSignal(signal, process.stdin) }
  const chunks = addAbortSignal(signal, createReadStream(path, { highWaterMark: chunkSize }))
  return { source: path, path, chunks: lend(chunks) }
}

/** Reads at least so many bytes, or all. */
export async function peek(input: AsyncIterable<Buffer>, bytes: number): Promise<Peeked> {
  const rest = input[Symbol.asyncIterator]()
  let start: Buffer = Buffer.alloc(0)
  while (start.length < bytes) {
    const next = await rest.next()
    if (next.done) break
    start = Buffer.concat([start, next.value])
  }
  return { start, chunks: prepend(start, rest) }
}

/**
 * Unpacks bytes that begin as gzip does, which it notes, and passes on others as they are.
 *
 * @throws OperatingError for other archives, see `refuseArchive`
 */
export async function* unpack(
  { source, chunks }: Input,
  packing: { isPacked: boolean },
): AsyncGenerator<Buffer> {
  const { start, chunks: whole } = await peek(chunks, archiveBytes)
  try {
    refuseArchive(source, start)
    packing.isPacked = start[0] === 0x1f && start[1] === 0x8b
    yield* packing.isPacked ? gunzip(whole) : whole
  } finally {
    await whole.return()
  }
}

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacked = createGunzip(ahead)
  feed(unpacked, packed).catch((error: Error) => unpacked.destroy(error)) // It ends the loop in `lend`.
  yield* lend(unpacked)
}

/** Asks for the next chunk only when the last one has been unpacked. */
async function feed(unpacked: Gunzip, packed: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of packed) {
    await new Promise<void>((resolve, reject) => {
      unpacked.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }
  unpacked.end()
}

/**
 * Lends chunks until the next one is asked for, and then gives back their memory: left to the garbage collector, which
 * hardly sees it, 60 MB of it pile up. For streams that fill memory of their own from its start to its end.
 */
async function* lend(chunks: AsyncIterable<Buffer<ArrayBuffer>>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk
    if (chunk.byteOffset + chunk.byteLength === chunk.buffer.byteLength) chunk.buffer.transfer(0)
  }
}

/** Not a generator: that would pass `return` on only once it has been asked for a chunk. */
function prepend(start: Buffer, rest: AsyncIterator<Buffer>): Peeked['chunks'] {
  let isNext = start.length > 0
  return {
    next() {
      if (!isNext) return rest.next()
      isNext = false
      return Promise.resolve({ done: false, value: start })
    },
    async return() {
      await rest.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
