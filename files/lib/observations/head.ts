import { OperatingError } from '../core/program.ts'
import { startRows } from './csv-row.ts'

/** How much of a file is looked at to tell what it is. */
export const headBytes = 1 << 14

/** The start of a file, unpacked and without a byte order mark: enough to tell what it is. */
export type Head = {
  bytes: Buffer
  /** Whether it is a database of SQLite. All others are text. */
  isDatabase: boolean
  /** Its first lines; the last of them may be cut. None of a database. */
  lines: readonly string[]
  /** What separates its columns, if it has columns. */
  delimiter: string
  /** Its first row that is not blank; undefined when that cannot be split into fields. */
  header?: Header
}

/** A row that may be a header. */
export type Header = {
  /** The line that it begins on, and the one that it ends on, from 1. */
  line: number
  endLine: number
  text: string
  /** Its fields in lower case, without blanks around them. */
  names: readonly string[]
}

/** Reads the start of a text. */
export function readHead(bytes: Buffer): Head {
  const lines = decodeText(bytes).split(/\r?\n/)
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  const named = /^"?sep=(.)"?$/i.exec(lines[0] ?? '')?.[1]
  const delimiter = named ?? findDelimiter(lines)
  const header = findHeader(lines, delimiter, named === undefined ? 0 : 1)
  return { bytes, isDatabase: false, lines, delimiter, ...(header && { header }) }
}

/** Makes the head of a database. */
export function databaseHead(bytes: Buffer): Head {
  return { bytes, isDatabase: true, lines: [], delimiter: ',' }
}

/** The first line that is not blank; empty when there is none. */
export function firstText({ lines }: Head): string {
  return lines.find((line) => line.trim() !== '') ?? ''
}

/** The first rows below the header, as far as they can be split into fields. */
export function firstRows({ lines, header, delimiter }: Head): string[][] {
  const found: string[][] = []
  const rows = startRows('', delimiter, ({ fields }) => found.push(fields.map((field) => field.trim())))
  try {
    // The last line may be cut.
    for (let index = header?.endLine ?? 0; index < lines.length; index++) rows.line(lines[index]!, index + 1)
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
  }
  return found
}

/** Decodes UTF-8, or else Latin-1, in which some stations' programs write their degree signs. */
export function decodeText(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString('utf8', start, end)
  return text.includes('\uFFFD') ? bytes.toString('latin1', start, end) : text
}

// A comma comes last: where one of the others stands as often in each line, commas are within its columns, as in 6,1.
const delimiters = ['\t', ';', '|', ',']
const looked = 20

/** Finds what separates the columns: what each line has as often as the others, or else what the first one has most of. */
function findDelimiter(lines: readonly string[]): string {
  const rows = lines.filter((line) => line.trim() !== '').slice(0, looked)
  // The last one may be cut.
  const whole = rows.length > 1 && rows.length < looked ? rows.slice(0, -1) : rows
  const counts = delimiters.map((delimiter) => ({
    delimiter,
    numbers: whole.map((line) => line.replaceAll(/"[^"]*"/g, '').split(delimiter).length - 1),
  }))
  const even = counts.find(({ numbers }) => numbers[0]! > 0 && numbers.every((n) => n === numbers[0]))
  const most = counts.toSorted((a, b) => (b.numbers[0] ?? 0) - (a.numbers[0] ?? 0))[0]!
  return even?.delimiter ?? (most.numbers[0] ? most.delimiter : ',')
}

function findHeader(lines: readonly string[], delimiter: string, after: number): Header | undefined {
  let header: Header | undefined
  const rows = startRows('', delimiter, ({ line, endLine, text, fields }) => {
    header ??= { line, endLine, text, names: fields.map((name) => name.trim().toLowerCase()) }
  })
  try {
    for (let index = after; index < lines.length && !header; index++) rows.line(lines[index]!, index + 1)
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
  }
  return header
}

/** Finds the first row with certain columns, for formats whose header comes after other lines. */
export function findHeaderWith(
  { lines }: Head,
  delimiters: readonly string[],
  has: (names: readonly string[]) => boolean,
): (Header & { delimiter: string }) | undefined {
  for (const delimiter of delimiters) {
    for (const [index, line] of lines.entries()) {
      const header = findHeader([line], delimiter, 0)
      if (header && has(header.names)) return { ...header, line: index + 1, endLine: index + 1, delimiter }
    }
  }
  return undefined
}
