import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'
import { parseDate } from './calendar.ts'
import { OperatingError } from './program.ts'

/** A day's highest temperature: date `YYYY-MM-DD`, degrees in °F. */
export type DailyHigh = { date: string; degrees: number }

/** What an observations file holds: its days in ascending order, and how many rows had no value. */
export type Observations = { days: DailyHigh[]; skipped: number }

type Row = { line: number; fields: string[] }
type Columns = { count: number; date: number; degrees: number; celsius: boolean }

/**
 * Reads an observations file whole, so that a bad row is found before anything is sent.
 *
 * @param path a file's path, or `-` for standard input
 * @throws OperatingError when it cannot be read or anything in it is wrong
 */
export async function readObservations(path: string, signal: AbortSignal): Promise<Observations> {
  if (path === '-') {
    return parseObservations(await text(addAbortSignal(signal, process.stdin)), 'standard input')
  }
  const csv = await readFile(path, { encoding: 'utf8', signal }).catch((cause: Error) => {
    signal.throwIfAborted()
    throw new OperatingError(`${path}: cannot read the observations (${cause.message}).`, { cause })
  })
  return parseObservations(csv, path)
}

/**
 * Parses observations: CSV as of RFC 4180 below a header with a column `date` and one of `tmax_f` and `tmax_c`.
 *
 * The header says the unit; °C become °F. Other columns are passed over, rows without a value counted. Line ends may be
 * CRLF, and a byte order mark is no part of the header.
 *
 * @param source names the file in errors
 * @throws OperatingError with source, line and reason for a row that is no observation, or dated on or before an earlier
 */
export function parseObservations(csv: string, source: string): Observations {
  const rows = parseCsv(csv.replace(/^\uFEFF/, ''), source)
  const header = rows.next()
  if (header.done) throw new OperatingError(`${source}: it is empty. Expected CSV below a header.`)
  const columns = parseHeader(header.value, source)
  const observations: Observations = { days: [], skipped: 0 }
  let last = ''
  for (const row of rows) {
    const day = parseRow(row, columns, source)
    if (day.date <= last)
      throw badRow(source, row, `${day.date} comes after ${last}: expected ascending dates`)
    last = day.date
    if (day.degrees === undefined) observations.skipped++
    else observations.days.push({ date: day.date, degrees: day.degrees })
  }
  return observations
}

function parseHeader({ fields }: Row, source: string): Columns {
  const names = fields.map((name) => name.trim().toLowerCase())
  const found = names.filter((name) => name === 'date' || name === 'tmax_f' || name === 'tmax_c')
  if (found.length !== 2 || found.filter((name) => name === 'date').length !== 1) {
    const header = fields.join(',').slice(0, 80)
    throw new OperatingError(
      `${source}: line 1 is '${header}': expected a header with a column date and one of tmax_f, tmax_c.`,
    )
  }
  const degrees = names.findIndex((name) => name === 'tmax_f' || name === 'tmax_c')
  return { count: names.length, date: names.indexOf('date'), degrees, celsius: names[degrees] === 'tmax_c' }
}

function parseRow(row: Row, columns: Columns, source: string): { date: string; degrees?: number } {
  if (row.fields.length !== columns.count) {
    throw badRow(source, row, `${row.fields.length} columns: expected ${columns.count}, as the header has`)
  }
  const date = row.fields[columns.date]!.trim()
  if (!parseDate(date)) throw badRow(source, row, `'${date}' is not a day of the calendar, YYYY-MM-DD`)
  const text = row.fields[columns.degrees]!.trim()
  if (text === '') return { date }
  // As people write numbers: not the 0x1f and Infinity that Number would take as well.
  const degrees = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(degrees)) throw badRow(source, row, `'${text}' is not a number of degrees`)
  return { date, degrees: columns.celsius ? (degrees * 9) / 5 + 32 : degrees }
}

function* parseCsv(csv: string, source: string): Generator<Row> {
  // A field with quotes may hold commas, line ends and, doubled, quotes.
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y
  for (let line = 1; field.lastIndex < csv.length; ) {
    const row: Row = { line, fields: [] }
    for (let end = ','; end === ','; ) {
      const match = field.exec(csv)
      if (!match) throw badRow(source, { line, fields: [] }, 'a quotation mark where none may stand')
      const [, text = '', separator = ''] = match
      end = separator
      row.fields.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text)
      if (text.includes('\n')) line += text.split('\n').length - 1
    }
    line++
    if (row.fields.length > 1 || row.fields[0] !== '') yield row // A blank line is no row.
  }
}

function badRow(source: string, { line }: Row, why: string): OperatingError {
  return new OperatingError(`${source}: line ${line}: ${why}. Nothing has been sent.`)
}
