import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { OperatingError } from '../core/program.ts'
import { type Row, startRows } from './csv-row.ts'
import { databaseHead, decodeText, type Head, headBytes, readHead } from './head.ts'
import { identify, isBlank } from './identify.ts'
import { type Input, peek, unpack } from './input.ts'
import { readLines, type TakeLine } from './read-lines.ts'

/** Which rows are wanted. */
export type RowOptions = {
  /** Rows below this line, counted from 1; the head's header when nothing else is said, 0 for all. */
  below?: number
  /** What separates the columns; what the head has when nothing else is said. */
  delimiter?: string
}

/**
 * A file's content, unpacked and without a byte order mark, to be read one time: by `lines`, by `rows` or by `file`. They
 * are functions of their own, not methods.
 */
export type Content = {
  head: Head
  /** Whether nothing but blanks is there yet, in a file that may still be written. */
  isEmpty: boolean
  /** Whether a last line was left, which has no end yet, in a file that may still be written. */
  isUnfinished: () => boolean
  /** Reads line by line. Lines end by LF or CRLF; the last one may end by nothing. */
  lines: (take: TakeLine) => Promise<void>
  /** Reads the rows of a CSV below its header. */
  rows: (take: (row: Row) => void, options?: RowOptions) => Promise<void>
  /** For databases: the path of a file with the content, which for standard input and gzip is a temporary one. */
  file: <T>(use: (path: string) => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

const lineFeed = 10
const byteOrderMark = Buffer.from('\uFEFF')

/**
 * Opens a file and tells what it is.
 *
 * @param isGrowing whether more may be written: a last line without its end is then not read, unless it was packed
 * @throws OperatingError when it cannot be read, is empty and not growing, or is nothing that observations come in, see `identify`
 */
export async function openContent(input: Input, isGrowing: boolean): Promise<Content> {
  const { source, path } = input
  const [packing, progress] = [{ isPacked: false }, { line: 0, isUnfinished: false }]
  const { start, chunks } = await peek(named(unpack(input, packing), source, progress), headBytes)
  const hasMark = start.subarray(0, byteOrderMark.length).equals(byteOrderMark)
  const bytes = start.subarray(hasMark ? byteOrderMark.length : 0, headBytes)
  // What may still be written goes on after the last line end.
  const isOpen = isGrowing && !packing.isPacked
  const written =
    isOpen && start.length < headBytes ? bytes.subarray(0, bytes.lastIndexOf(lineFeed) + 1) : bytes
  const isEmpty = isGrowing && isBlank(written)
  progress.isUnfinished = isEmpty && written.length < bytes.length
  try {
    const kind = isGrowing && isBlank(bytes) ? 'text' : identify(source, bytes, packing.isPacked)
    const head = kind === 'text' ? readHead(written) : databaseHead(bytes)
    const lines = async (take: TakeLine) => {
      const text = hasMark ? skip(chunks, byteOrderMark.length) : chunks
      progress.isUnfinished = !(await readLines({ source, chunks: text }, take, isOpen, progress))
    }
    return {
      head,
      isEmpty: isEmpty && kind === 'text',
      isUnfinished: () => progress.isUnfinished,
      lines,
      rows: (take, options = {}) => readRows(source, head, lines, take, options),
      file: (use) => (path && !packing.isPacked ? use(path) : withTemporary(chunks, use)),
      close: async () => {
        await chunks.return()
      },
    }
  } catch (error) {
    await chunks.return()
    throw error
  }
}

async function readRows(
  source: string,
  head: Head,
  lines: Content['lines'],
  take: (row: Row) => void,
  { below = head.header?.endLine ?? 0, delimiter = head.delimiter }: RowOptions,
): Promise<void> {
  const rows = startRows(source, delimiter, take)
  await lines((bytes, start, end, line) => {
    if (line > below) rows.line(decodeText(bytes, start, end), line)
  })
  rows.end()
}

async function withTemporary<T>(
  chunks: AsyncIterable<Buffer>,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-'))
  try {
    const path = join(folder, 'observations')
    await pipeline(chunks, createWriteStream(path))
    return await use(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Leaves out the first bytes; the first chunk has at least so many. */
async function* skip(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes
  for await (const chunk of chunks) {
    yield chunk.subarray(left)
    left = 0
  }
}

/** Names the file in an error of whoever reads the bytes. */
async function* named(
  chunks: AsyncIterable<Buffer>,
  source: string,
  progress: { line: number },
): AsyncGenerator<Buffer> {
  try {
    yield* chunks
  } catch (cause) {
    if (cause instanceof OperatingError) throw cause
    const { message } = cause as Error
    const { line } = progress
    const how = line === 0 ? 'cannot read the observations' : `line ${line + 1}: cannot read on`
    throw new OperatingError(`${source}: ${how} (${message}). Nothing has been sent.`, { cause })
  }
}
