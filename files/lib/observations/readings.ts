import { quoted } from '../core/quoted.ts'
import { type Collector, collect } from './collector.ts'
import type { Content } from './content.ts'
import { checkLength, placeOf, type Row } from './csv-row.ts'
import { dayNumber, dayText, type Place } from './days.ts'
import { formatError } from './format-error.ts'
import type { Header } from './head.ts'
import { parseNumber } from './number-text.ts'
import { dayOfWritten, findDateOrder, readWrittenDate, type WrittenDate } from './written-date.ts'

/** Where a file has its readings. */
type ReadingColumns = {
  header: Header
  delimiter?: string
  /** Local date and time, and degrees: numbers of the header's columns, from 0. */
  time: number
  degrees: number
  /** Whether a reading is of its moment, or of the time since the reading before: then one of 00:00 belongs to the day before. */
  stamped: 'at its moment' | 'at the end of its interval'
}

/** A value, and the minute of its day, counted from 0. */
type Value = { minute: number; text: string; degrees: number; place: Place }

/** What a file has of one date. `place` is that of the first reading, `hasDay` whether there are more than midnight's. */
type DateReadings = {
  date: WrittenDate
  place: Place
  hasDay: boolean
  minutes: number[]
  highest: Value | undefined
  /** Of the moment at which the date begins. */
  midnight: Value | undefined
}

const time = /^(.*?)[T ]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*([ap])?\.?(?:m\.?)?$/i
const dashes = /^-+\.-+$/
const minutesInDay = 24 * 60
// The longest interval at which a station's console keeps records.
const longestInterval = 120

/**
 * Reads a CSV that has many readings a day, and collects the highest of each day with the hours that have a reading. Times
 * are local: they tell the day by themselves, also where clocks are changed.
 *
 * @throws OperatingError for what is no time or no number; when the order of the dates must be said
 */
export async function collectReadings(
  rows: Content['rows'],
  collector: Collector,
  { header, delimiter, time, degrees, stamped }: ReadingColumns,
): Promise<void> {
  const { source } = collector
  const readings = startReadings(collector, stamped === 'at the end of its interval')
  const isHeader = ({ fields }: Row) =>
    fields.every((field, index) => field.trim().toLowerCase() === header.names[index])
  await rows(
    (row) => {
      const isBlank = row.fields.every((field) => field.trim() === '')
      // Files put together keep their headers.
      if (isBlank || isHeader(row)) return
      checkLength(source, row, header.names.length)
      const [at, of] = [placeOf(source, row, time), placeOf(source, row, degrees)]
      readings.take(row.fields[time]!, at, row.fields[degrees]!, of)
    },
    { below: header.endLine, ...(delimiter && { delimiter }) },
  )
  readings.finish()
}

function startReadings(collector: Collector, isOfInterval: boolean) {
  const dates = new Map<string, DateReadings>()
  const intervals = { shortest: longestInterval, lastMinute: Number.NaN }
  return {
    take(time: string, timePlace: Place, value: string, place: Place): void {
      const { date, minute } = parseTime(time, timePlace)
      const readings = dates.get(date) ?? startDate(date, timePlace)
      dates.set(date, readings)
      const isMidnight = isOfInterval && minute === 0
      if (!isMidnight) readings.hasDay = true
      const text = value.trim()
      if (collector.missing.isWord(text) || dashes.test(text)) return
      const degrees = parseNumber(text)
      if (degrees === undefined) throw formatError(place, quoted(text), 'a number of degrees')
      const interval = Math.abs(minute - intervals.lastMinute)
      if (interval > 0 && interval < intervals.shortest) intervals.shortest = interval
      intervals.lastMinute = minute
      const found = { minute, text, degrees, place }
      if (isMidnight) readings.midnight = higher(readings.midnight, found)
      else takeValue(readings, found)
    },
    finish(): void {
      const { source, options } = collector
      const found = [...dates.values()]
      if (found.length === 0) return
      const written = found.map(({ date }) => date)
      const order = findDateOrder(written, { source, asked: options.dateOrder })
      for (const [day, { place, minutes, highest }] of byDay(found, order)) {
        const hours = hoursOf(minutes, isOfInterval ? intervals.shortest : 0)
        collect(collector, { day, value: highest?.text, hours, place: highest?.place ?? place })
      }
    },
  }
}

function startDate(text: string, place: Place): DateReadings {
  const date = readWrittenDate(text, place)
  return { date, place, hasDay: false, minutes: [], highest: undefined, midnight: undefined }
}

function takeValue(readings: Pick<DateReadings, 'minutes' | 'highest'>, value: Value): void {
  readings.minutes.push(value.minute)
  readings.highest = higher(readings.highest, value)
}

function higher(one: Value | undefined, other: Value): Value {
  return one && one.degrees >= other.degrees ? one : other
}

/** @throws OperatingError for what is no local time */
function parseTime(text: string, place: Place): { date: string; minute: number } {
  const [, date, hourText, minuteText, , half] = time.exec(text.trim()) ?? []
  const [hour, minute] = [Number(hourText), Number(minuteText)]
  const isTime = half ? hour >= 1 && hour <= 12 : hour <= 23
  if (!date || !isTime || minute > 59)
    throw formatError(place, quoted(text), 'a local date and time, such as 2024-12-31 18:30')
  return { date: date.trim(), minute: 60 * (half ? (hour % 12) + (/p/i.test(half) ? 12 : 0) : hour) + minute }
}

/** Puts the readings where they belong: what is written `1/2/24` and `01/02/2024` together, and midnight to the day before. */
function byDay(dates: DateReadings[], order: Parameters<typeof dayOfWritten>[1]) {
  const days = new Map<number, Pick<DateReadings, 'minutes' | 'highest' | 'place'>>()
  const readingsOf = (day: number, place: Place) => {
    const readings = days.get(day) ?? { minutes: [], highest: undefined, place }
    days.set(day, readings)
    return readings
  }
  for (const { date, place, hasDay, minutes, highest, midnight } of dates) {
    const day = dayOfWritten(date, order)
    if (midnight) takeValue(readingsOf(dayBefore(day), place), { ...midnight, minute: minutesInDay })
    if (!hasDay) continue
    const readings = readingsOf(day, place)
    for (const minute of minutes) readings.minutes.push(minute)
    if (highest) readings.highest = higher(readings.highest, highest)
  }
  return days
}

function dayBefore(day: number): number {
  const date = new Date(`${dayText(day)}T00:00Z`)
  date.setUTCDate(date.getUTCDate() - 1)
  return dayNumber(date.toISOString().slice(0, 10))
}

/** The hours that readings are of: each reading is of its moment, or of so many minutes before it. */
function hoursOf(minutes: number[], interval: number): number {
  let hours = 0
  for (const minute of minutes) {
    const last = interval > 0 ? minute - 1 : minute
    const first = Math.max(interval > 0 ? minute - interval : minute, 0)
    for (let hour = Math.floor(first / 60); hour <= Math.floor(last / 60); hour++) hours |= 1 << hour
  }
  return hours
}
