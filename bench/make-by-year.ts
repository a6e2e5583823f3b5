import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { formatDate, nextDay, parseDate } from '../files/lib/weather/calendar.ts'

const elements = ['TMAX', 'TMIN', 'PRCP', 'SNOW', 'SNWD', 'TAVG', 'TOBS', 'WT01']
const [idBytes, dateAt, valueAt] = [11, 12, 26]

/** A by-year file that was made: how many lines it has, and a station in the midst of it with a value for each day. */
export type ByYearFile = { path: string; lineCount: number; station: string; days: number }

/**
 * Makes a by-year file as NOAA's are: gzipped, a line a day, station and element, in order of the days.
 *
 * @param stations how many; each gives 2,928 lines, eight elements a day of 2024
 */
export async function makeByYear(path: string, stations: number, signal: AbortSignal): Promise<ByYearFile> {
  const day = Buffer.from(
    Array.from({ length: stations }, (_, index) => {
      return elements.map((name) => `${stationId(index)},00000000,${name},000,,,7,0700\n`).join('')
    }).join(''),
  )
  const dates = datesOf(2024)
  const chunks = Readable.from(fillDays(day, dates), { objectMode: false })
  // Fast to make; what it takes to unpack hardly depends on it.
  await pipeline(chunks, createGzip({ level: 1 }), createWriteStream(path), { signal })
  const lineCount = dates.length * stations * elements.length
  return { path, lineCount, station: stationId(stations >> 1), days: dates.length }
}

function* fillDays(template: Buffer, dates: readonly string[]): Generator<Buffer> {
  const lineBytes = template.indexOf('\n') + 1
  let state = 1
  for (const date of dates) {
    const day = Buffer.from(template)
    const digits = Buffer.from(date)
    for (let line = 0; line < day.length; line += lineBytes) {
      digits.copy(day, line + dateAt)
      // A value of three digits, below 400: any temperature in tenths of °C, and no two days alike.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      day[line + valueAt] = 48 + (state >>> 30)
      day[line + valueAt + 1] = 48 + ((state >>> 16) % 10)
      day[line + valueAt + 2] = 48 + ((state >>> 8) % 10)
    }
    yield day
  }
}

function stationId(index: number): string {
  return `USC${String(100_000 + index).padStart(idBytes - 3, '0')}`
}

function datesOf(year: number): string[] {
  const dates: string[] = []
  for (let day = parseDate(`${year}-01-01`); day?.year === year; day = nextDay(day))
    dates.push(formatDate(day).replaceAll('-', ''))
  return dates
}
