import type { Place } from './days.ts'
import { misfit } from './form.ts'
import type { TakeLine } from './read-lines.ts'

/** A row of CSV, the line on which it begins, and the column at which each field does, counted in characters from 1. */
export type Row = { line: number; fields: string[]; columns: number[] }

const longestRow = 1 << 16

/**
 * Makes of lines the rows of a CSV as of RFC 4180: a field in quotes may hold commas, line ends and, doubled, quotes.
 *
 * Blank lines are no rows. A byte order mark is no part of the first one.
 */
export function startRows(source: string, take: (row: Row) => void): { line: TakeLine; end: () => void } {
  let text = ''
  let first = 0
  return {
    line(bytes, start, end, line) {
      const next = bytes.toString('utf8', start, end)
      if (text === '') first = line
      text = text === '' ? (line === 1 ? next.replace(/^\uFEFF/, '') : next) : `${text}\n${next}`
      // An odd number of quotes: the row goes on in the next line.
      if (text.includes('"') && text.split('"').length % 2 === 0) {
        if (text.length > longestRow)
          throw misfit({ source, line: first, column: 1 }, 'a quotation mark that none ends', 'its other one')
        return
      }
      if (text.trim() !== '') take(splitRow(text, source, first))
      text = ''
    },
    end() {
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
  throw misfit({ source, line, column }, `${fields.length} columns`, `${expected}, as the header has`)
}

function splitRow(text: string, source: string, line: number): Row {
  const [fields, columns]: [string[], number[]] = [[], []]
  const field = /("(?:[^"]|"")*"|[^",]*)(,|$)/y
  for (let end = ','; end === ','; ) {
    const column = field.lastIndex + 1
    const match = field.exec(text)
    if (!match) throw misplacedQuote(source, line, column)
    columns.push(column)
    fields.push(match[1]!.startsWith('"') ? match[1]!.slice(1, -1).replaceAll('""', '"') : match[1]!)
    end = match[2]!
  }
  return { line, fields, columns }
}

function misplacedQuote(source: string, line: number, column: number) {
  return misfit(
    { source, line, column },
    'a quotation mark where none may stand',
    'none, or one at each end of the field',
  )
}
