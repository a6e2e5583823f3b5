import { quoted } from '../quoted.ts'
import { type Form, misfit, type Reading } from './form.ts'
import { takeGhcnValue } from './ghcn-value.ts'
import type { TakeLine } from './read-lines.ts'

const comma = 44
const tmax = Buffer.from('TMAX').readUInt32BE()

/**
 * GHCN-Daily by year or by station: CSV without a header, a line a station, day and element: id, YYYYMMDD, element, value,
 * three flags, time of observation.
 *
 * A by-year file has 36 million lines. Hence most of them are looked at as bytes: the places of the commas, the element
 * and the station.
 */
export const byYear: Form = {
  name: 'by-year or by-station CSV',
  isFirstLine: (line) => /^[\w-]{11},\d{8},[A-Z\d]{4},/.test(line),
  start: (reading) => ({ line: startLines(reading), end: () => {} }),
}

function startLines(reading: Reading): TakeLine {
  const { asked } = reading.stations
  const wanted = asked === undefined ? undefined : Buffer.from(asked)
  return (bytes, start, end, line) => {
    if (start === end) return
    if (!hasForm(bytes, start, end)) throw badLine(reading.source, bytes.toString('latin1', start, end), line)
    if (bytes.readUInt32BE(start + 21) !== tmax) return
    if (wanted && !startsWith(bytes, start, wanted)) return
    readValue(reading, bytes.toString('latin1', start, end), line)
  }
}

/** Whether there are eight fields, and the first three have their lengths. */
function hasForm(bytes: Buffer, start: number, end: number): boolean {
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

const usual = /^([\w-]{11}),(\d{8}),TMAX,(-?\d{1,5}),\w?,([A-Z]?),\w?,\d{0,4}$/

function readValue(reading: Reading, text: string, line: number): void {
  const [, station, day, tenths, quality] = usual.exec(text) ?? []
  if (!station) throw badLine(reading.source, text, line)
  const place = { source: reading.source, line, column: 27 }
  takeGhcnValue(reading, { station, day: Number(day), tenths: Number(tenths), quality: quality!, place })
}

const fields = [
  /^[\w-]{11}$/,
  /^\d{8}$/,
  /^[A-Z\d]{4}$/,
  /^-?\d{1,5}$/,
  /^\w?$/,
  /^[A-Z]?$/,
  /^\w?$/,
  /^\d{0,4}$/,
]
const names =
  'a station of 11 characters,a date YYYYMMDD,an element,a whole number,a flag,a quality flag,a flag,a time'

/** Makes the error for a line, at the first field that is not as it should be. */
function badLine(source: string, text: string, line: number) {
  const found = text.split(',')
  const bad = fields.findIndex((field, index) => !field.test(found[index] ?? '\0'))
  if (bad < 0 || found.length !== fields.length) {
    const column = found.slice(0, fields.length).join(',').length + 1
    return misfit(
      { source, line, column },
      `${found.length} fields`,
      `${fields.length}, as by-year files have`,
    )
  }
  const column = found.slice(0, bad).join(',').length + (bad > 0 ? 2 : 1)
  return misfit({ source, line, column }, quoted(found[bad]!), names.split(',')[bad]!)
}
