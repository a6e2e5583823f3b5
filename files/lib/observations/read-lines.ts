import { OperatingError } from '../core/program.ts'
import type { Input } from './input.ts'

/** Takes a line: `bytes` from `start` to `end`, line end left out. The bytes are read over once this returns. */
export type TakeLine = (bytes: Buffer, start: number, end: number, line: number) => void

// No format has longer lines by far; text without line ends must not fill the memory.
const longestLine = 1 << 20
const [lineFeed, carriageReturn] = [10, 13]

/**
 * Reads line by line. Lines end by LF or CRLF; the last one may end by nothing.
 *
 * @param isGrowing whether more may be written: a last line without its end is then not taken
 * @param progress keeps count of the lines
 * @returns whether all of it was taken
 * @throws OperatingError with source and line for a line of more than a megabyte
 */
export async function readLines(
  { source, chunks }: Input,
  take: TakeLine,
  isGrowing: boolean,
  progress: { line: number },
): Promise<boolean> {
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
  for await (const chunk of chunks) {
    takeChunk(chunk)
    progress.line = line
  }
  const isWhole = rest.length === 0 || !isGrowing
  if (rest.length > 0 && isWhole) takeLine(rest, 0, rest.length)
  return isWhole
}

function tooLong(source: string, line: number): OperatingError {
  return new OperatingError(
    `${source}: line ${line} has more than ${longestLine} bytes: this is no text of a format known here. Nothing has been sent.`,
  )
}
