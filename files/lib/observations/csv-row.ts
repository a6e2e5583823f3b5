import type { Place } from './days.ts'
import { formatError } from './format-error.ts'

/** A row of CSV. `columns` are where its fields begin, counted in characters from 1. */
export type Row = {
  /** The line that it begins on, and the one that it ends on, from 1. */
  line: number
  endLine: number
  text: string
  fields: string[]
  columns: number[]
}

const longestRow = 1 << 16

/**
 * Makes of lines the rows of a CSV as of RFC 4180: a field in quotes may hold delimiters, line ends and, doubled, quotes.
 * Blank lines are no rows.
 *
 * @param delimiter one character
 */
export function startRows(source: string, delimiter: string, take: (row: Row) => void) {
  let text = ''
  let first = 0
  return {
    line(next: string, line: number): void {
      if (text === '') first = line
      text = text === '' ? next : `${text}\n${next}`
      // An odd number of quotes: the row goes on in the next line.
      if (text.includes('"') && text.split('"').length % 2 === 0) {
        if (text.length <= longestRow) return
        throw formatError(
          { source, line: first, column: 1 },
          'a quotation mark that none ends',
          'its other one',
        )
      }
      if (text.trim() !== '') take(splitRow(text, { source, line: first, endLine: line, delimiter }))
      text = ''
    },
    end(): void {
      if (text !== '') throw misplacedQuote(source, first, 1)
    },
  }
}

/** Where a field of a row stands. */
export function placeOf(source: string, { line, columns }: Row, field: number): Place {
  return { source, line, column: columns[field]! }
}

/** Checks that a row has as many fields as its header. @throws OperatingError */
export function checkLength(source: string, { line, fields, columns }: Row, expected: number): void {
  if (fields.length === expected) return
  const column = columns[Math.min(fields.length, expected)] ?? columns.at(-1)!
  const advice =
    fields.length < expected
      ? 'delete the line if it is a note'
      : 'put a value in quotes if it holds what separates the columns, such as a decimal comma'
  throw formatError(
    { source, line, column },
    `${fields.length} columns`,
    `${expected}, as the header has (${advice})`,
  )
}

/**
 * Splits the text of a row into its fields.
 *
 * @throws OperatingError when a quotation mark stands where none may
 */
export function splitRow(
  text: string,
  {
    source,
    line,
    endLine = line,
    delimiter,
  }: { source: string; line: number; endLine?: number; delimiter: string },
): Row {
  const [fields, columns]: [string[], number[]] = [[], []]
  const field = fieldPattern(delimiter)
  field.lastIndex = 0
  for (let end = delimiter; end === delimiter; ) {
    const column = field.lastIndex + 1
    const match = field.exec(text)
    if (!match) throw misplacedQuote(source, line, column)
    columns.push(column)
    fields.push(match[1] === undefined ? match[2]! : match[1].slice(1, -1).replaceAll('""', '"'))
    end = match[3]!
  }
  return { line, endLine, text, fields, columns }
}

const fieldPatterns = new Map<string, RegExp>()

/** A field, in quotes with blanks around them or without quotes, and what ends it. */
function fieldPattern(delimiter: string): RegExp {
  const known = fieldPatterns.get(delimiter)
  if (known) return known
  const escaped = RegExp.escape(delimiter)
  const pattern = new RegExp(`(?: *("(?:[^"]|"")*") *|([^"${escaped}]*))(${escaped}|$)`, 'y')
  fieldPatterns.set(delimiter, pattern)
  return pattern
}

function misplacedQuote(source: string, line: number, column: number) {
  return formatError(
    { source, line, column },
    'a quotation mark where none may stand',
    'none, or one at each end of the field',
  )
}
