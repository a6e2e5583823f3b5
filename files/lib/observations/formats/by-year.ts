import { quoted } from '../../core/quoted.ts'
import type { Collector } from '../collector.ts'
import { splitRow } from '../csv-row.ts'
import { type Format, ghcnDaily } from '../format.ts'
import { formatError } from '../format-error.ts'
import { collectGhcnValue } from '../ghcn-value.ts'
import { firstText } from '../head.ts'
import type { TakeLine } from '../read-lines.ts'

const comma = 44
const tmax = Buffer.from('TMAX').readUInt32BE()

/**
 * GHCN-Daily by year or by station: CSV, a line a station, day and element: id, YYYYMMDD, element, value, three flags,
 * time of observation. NOAA's files have no header; those on AWS have one.
 *
 * A by-year file has 36 million lines. Hence most of them are looked at as bytes: the places of the commas, the element
 * and the station. Lines that a program has written anew, with quotes, dashes in the date or the line's number in front,
 * are split into fields.
 */
export const byYear: Format = {
  name: 'GHCN-Daily by year or by station',
  dataset: ghcnDaily,
  unit: 'tenths',
  detect(head) {
    const text = firstText(head).replaceAll('"', '')
    return isHeader(text.split(',')) || /^(\d+,)?[\w-]{11},\d{4}(-?)\d\d\2\d\d,[A-Z\d]{4},/.test(text)
  },
  read: (content, collector) => content.lines(collectLines(collector)),
}

function collectLines(collector: Collector): TakeLine {
  const { asked } = collector.stations
  const wanted = asked === undefined ? undefined : Buffer.from(asked)
  return (bytes, start, end, line) => {
    if (start === end) return
    if (!isUsual(bytes, start, end))
      return collectRewritten(collector, bytes.toString('latin1', start, end), line)
    if (bytes.readUInt32BE(start + 21) !== tmax) return
    if (wanted && !startsWith(bytes, start, wanted)) return
    const fields = bytes.toString('latin1', start, end).split(',')
    collectFields(collector, fields, line, (field) => columnOf(fields, field))
  }
}

/** Whether there are eight fields, and the first three have their lengths. */
function isUsual(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 30) return false
  if (bytes[start + 11] !== comma || bytes[start + 20] !== comma || bytes[start + 25] !== comma) return false
  let commas = 3
  for (let at = start + 26; at < end; at++) if (bytes[at] === comma) commas++
  return commas === 7
}

function startsWith(bytes: Buffer, start: number, wanted: Buffer): boolean {
  if (bytes[start + wanted.length] !== comma) return false
  // From the end: the first characters, country and network, are those of thousands of stations.
  for (let at = wanted.length - 1; at >= 0; at--) if (bytes[start + at] !== wanted[at]) return false
  return true
}

function columnOf(fields: readonly string[], field: number): number {
  return fields.slice(0, field).join(',').length + (field > 0 ? 2 : 1)
}

const names = ['id', 'date', 'element', 'data_value', 'm_flag', 'q_flag', 's_flag', 'obs_time']

/** Whether these fields are the header of the files on AWS, with a data frame's index or without. */
function isHeader(fields: readonly string[]): boolean {
  const found = fields.map((field) => field.trim().toLowerCase())
  return (
    names.every((name, index) => name === found[index + found.length - names.length]) && found.length <= 9
  )
}

/** Reads a line that is not as NOAA writes it: a header, or one that a program has written anew. */
function collectRewritten(collector: Collector, text: string, line: number): void {
  if (text.trim() === '') return
  const row = splitRow(text, { source: collector.source, line, delimiter: ',' })
  if (isHeader(row.fields)) return
  // A data frame's index stands in front.
  const first = row.fields.length === patterns.length + 1 && /^\d+$/.test(row.fields[0]!) ? 1 : 0
  const fields = row.fields.slice(first)
  if (/^\d{4}-\d\d-\d\d$/.test(fields[1] ?? '')) fields[1] = fields[1]!.replaceAll('-', '')
  collectFields(collector, fields, line, (field) => row.columns[first + field] ?? text.length + 1)
}

const patterns = [
  /^[\w-]{11}$/,
  /^\d{8}$/,
  /^[A-Z\d]{4}$/,
  /^-?\d{1,5}$/,
  /^\w?$/,
  /^[A-Z]?$/,
  /^\w?$/,
  /^\d{0,4}$/,
]
const meanings =
  'a station of 11 characters,a date YYYYMMDD,an element,a whole number,a flag,a quality flag,a flag,a time'

function collectFields(
  collector: Collector,
  fields: readonly string[],
  line: number,
  columnOf: (field: number) => number,
): void {
  const { source } = collector
  const misfit = (field: number, found: string, expected: string) =>
    formatError({ source, line, column: columnOf(field) }, found, expected)
  if (fields.length !== patterns.length) {
    const last = Math.min(fields.length, patterns.length)
    throw misfit(last, `${fields.length} fields`, `${patterns.length}, as by-year files have`)
  }
  const bad = patterns.findIndex((pattern, index) => !pattern.test(fields[index]!))
  if (bad >= 0) throw misfit(bad, quoted(fields[bad]!), meanings.split(',')[bad]!)
  const [station, day, element, tenths, , quality] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  if (element !== 'TMAX') return
  const place = { source, line, column: columnOf(3) }
  collectGhcnValue(collector, { station, day: Number(day), tenths: Number(tenths), quality, place })
}
