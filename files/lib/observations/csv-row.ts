import { OperatingError } from '../program.ts'
import type { TakeLine } from './read-lines.ts'

/** A row of CSV and the line on which it begins. */
export type Row = { line: number; fields: string[] }

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
        if (text.length > longestRow) throw badRow(source, first, 'a quotation mark that none ends')
        return
      }
      if (text.trim() !== '') take({ line: first, fields: splitRow(text, source, first) })
      text = ''
    },
    end() {
      if (text !== '') throw badRow(source, first, 'a quotation mark where none may stand')
    },
  }
}

/** Where a field begins, counted in characters from 1; quotes left out of the count. */
export function columnOf(fields: readonly string[], index: number): number {
  let column = 1
  for (let i = 0; i < index; i++) column += fields[i]!.length + 1
  return column
}

/** Makes the error for a row, which `why` says in words. */
export function badRow(source: string, line: number, why: string): OperatingError {
  return new OperatingError(`${source}: line ${line}: ${why}. Nothing has been sent.`)
}

function splitRow(text: string, source: string, line: number): string[] {
  if (!text.includes('"')) return text.split(',')
  const field = /("(?:[^"]|"")*"|[^",]*)(,|$)/y
  const fields: string[] = []
  for (let end = ','; end === ','; ) {
    const match = field.exec(text)
    if (!match) throw badRow(source, line, 'a quotation mark where none may stand')
    fields.push(match[1]!.startsWith('"') ? match[1]!.slice(1, -1).replaceAll('""', '"') : match[1]!)
    end = match[2]!
  }
  return fields
}
