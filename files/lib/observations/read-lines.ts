import { createReadStream } from 'node:fs'
import { addAbortSignal, type TransformOptions } from 'node:stream'
import { createGunzip, type Gunzip, type ZlibOptions } from 'node:zlib'
import { OperatingError } from '../program.ts'

/** Takes a line: `bytes` from `start` to `end`, line end left out. The bytes are read over once this returns. */
export type TakeLine = (bytes: Buffer, start: number, end: number, line: number) => void

const chunkSize = 1 << 16
// Unpacking goes on, in a thread of its own, while lines are read.
const ahead: ZlibOptions & TransformOptions = { chunkSize, readableHighWaterMark: 4 * chunkSize }
// No form has longer lines by far; text without line ends must not fill the memory.
const longestLine = 1 << 20
const [lineFeed, carriageReturn] = [10, 13]

/** Bytes, packed or not, and what errors call them. A chunk is looked at until the next one is asked for. */
export type Input = { source: string; chunks: AsyncIterable<Buffer> }

/** Opens a file, or standard input for `-`; the signal breaks off whoever reads it. */
export function openInput(path: string, signal: AbortSignal): Input {
  if (path === '-') return { source: 'standard input', chunks: addAbortSignal(signal, process.stdin) }
  const chunks = addAbortSignal(signal, createReadStream(path, { highWaterMark: chunkSize }))
  return { source: path, chunks: lend(chunks) }
}

/**
 * Reads line by line, unpacking what begins as gzip does. Lines end by LF or CRLF; the last one may end by nothing.
 *
 * @param isGrowing whether more may be written: a last line without its end is then not taken, unless it was packed
 * @returns whether all of it was taken
 * @throws OperatingError with source and line when it cannot be read to its end
 */
export async function readLines({ source, chunks }: Input, take: TakeLine, isGrowing = false) {
  let rest: Buffer = Buffer.alloc(0)
  let line = 0
  const takeLine = (bytes: Buffer, start: number, end: number) => {
    take(bytes, start, end > start && bytes[end - 1] === carriageReturn ? end - 1 : end, ++line)
  }
  const takeChunk = (chunk: Buffer) => {
    let start = 0
    if (rest.length > 0) {
      start = chunk.indexOf(lineFeed) + 1
      rest = Buffer.concat([rest, start > 0 ? chunk.subarray(0, start - 1) : chunk])
      if (rest.length > longestLine) throw tooLong(source, line + 1)
      if (start === 0) return
      takeLine(rest, 0, rest.length)
    }
    for (let end = chunk.indexOf(lineFeed, start); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      takeLine(chunk, start, end)
      start = end + 1
    }
    rest = Buffer.from(chunk.subarray(start))
    if (rest.length > longestLine) throw tooLong(source, line + 1)
  }
  const packing = { isPacked: false }
  for await (const chunk of told(unpack(chunks, packing), source, () => line + 1)) takeChunk(chunk)
  const isWhole = rest.length === 0 || !isGrowing || packing.isPacked
  if (rest.length > 0 && isWhole) takeLine(rest, 0, rest.length)
  return isWhole
}

/** Unpacks bytes that begin as gzip does, which it notes, and passes on others as they are. */
async function* unpack(input: AsyncIterable<Buffer>, packing: { isPacked: boolean }): AsyncGenerator<Buffer> {
  const chunks = input[Symbol.asyncIterator]()
  let start = Buffer.alloc(0)
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    start = Buffer.concat([start, next.value])
    if (start.length >= 2) break
  }
  const whole = prepend(start, chunks)
  if (start[0] !== 0x1f || start[1] !== 0x8b) return yield* whole
  packing.isPacked = true
  yield* gunzip(whole)
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

async function* prepend(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start
  yield* { [Symbol.asyncIterator]: () => rest }
}

async function* told(
  chunks: AsyncIterable<Buffer>,
  source: string,
  line: () => number,
): AsyncGenerator<Buffer> {
  try {
    yield* chunks
  } catch (cause) {
    const { message } = cause as Error
    const how = line() === 1 ? `cannot read the observations` : `line ${line()}: cannot read on`
    throw new OperatingError(`${source}: ${how} (${message}). Nothing has been sent.`, { cause })
  }
}

function tooLong(source: string, line: number): OperatingError {
  return new OperatingError(
    `${source}: line ${line} has more than ${longestLine} bytes: this is no text of a form known here. Nothing has been sent.`,
  )
}
