import { quoted } from '../core/quoted.ts'
import { formatDate, parseDate } from '../weather/calendar.ts'
import { dayNumber, type Place } from './days.ts'
import { formatError } from './format-error.ts'

const date = /^(\d{4})([-/.]?)(\d\d)\2(\d\d)$/
const midnight = /^(.*?)[T ]+00:00(?::00(?:[.,]0+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?$/

/**
 * Reads a day: year, month and day in this order (`2024-01-31`, `20240131`, `2024/01/31`), alone or with the time of
 * midnight.
 *
 * @returns YYYYMMDD
 * @throws OperatingError for what is no day of the calendar
 */
export function parseDay(text: string, place: Place): number {
  const trimmed = text.trim()
  const [, year, , month, day] = date.exec(midnight.exec(trimmed)?.[1] ?? trimmed) ?? []
  const found = year && parseDate(`${year}-${month}-${day}`)
  if (found) return dayNumber(formatDate(found))
  throw formatError(place, quoted(text), 'a day of the calendar, YYYY-MM-DD')
}
