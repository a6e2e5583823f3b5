import { quoted } from '../core/quoted.ts'
import { formatDate, parseDate } from '../weather/calendar.ts'
import { dayNumber, type Place } from './days.ts'
import { formatError } from './format-error.ts'
import {
  type DateOrder,
  dayOfWritten,
  findDateOrder,
  readWrittenDate,
  type WrittenDate,
} from './written-date.ts'

const yearFirst = /^(\d{4})(?:(\d\d)(\d\d)|([-/.])(\d{1,2})\4(\d{1,2}))$/
const numbers = /^\d{1,2}[-/.]\d{1,2}[-/.][12]\d{3}$/
const shortYear = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}$/
const midnight =
  /^(.*?)[T ]+(?:0?0:00(?::00(?:[.,]0+)?)?|12:00(?::00)? ?a\.?m\.?)(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?$/i
const time = /[T ]\d{1,2}:\d\d/
// No thermometer is older. Programs that lose the century of a year write 0020 for 2020.
const firstYear = 1700

/**
 * Reads a day: year, month and day in this order (`2024-01-31`, `20240131`, `2024/1/31`), alone or with the time of
 * midnight.
 *
 * @returns YYYYMMDD
 * @throws OperatingError for what is no day of the calendar
 */
export function parseDay(text: string, place: Place): number {
  const [, year, month, day, , monthAlone, dayAlone] = yearFirst.exec(withoutMidnight(text)) ?? []
  const numbers = { year: Number(year), month: Number(month ?? monthAlone), day: Number(day ?? dayAlone) }
  const found = year && parseDate(formatDate(numbers))
  if (found && found.year >= firstYear) return dayNumber(formatDate(found))
  throw formatError(place, quoted(text), expectedFor(text.trim()))
}

/** Takes a date of a column; `use` gets the day at once, or from `finish` when only the whole column tells it. */
export type DateColumn = {
  take: (text: string, place: Place, use: (day: number) => void) => void
  finish: () => void
}

/**
 * Reads a column of dates, all written alike: as `parseDay` reads them, or day, month and year in an order that the whole
 * column tells, or `--date-order` (`31/01/2024`, `1.31.2024`).
 *
 * @throws OperatingError for what is no day, a date written otherwise than the first one, or an order that must be said
 */
export function startDates(source: string, asked: DateOrder | undefined): DateColumn {
  const waiting: { date: WrittenDate; use: (day: number) => void }[] = []
  let first: { shape: string; place: Place } | undefined
  return {
    take(text, place, use) {
      const bare = withoutMidnight(text)
      const isWritten = numbers.test(bare)
      const shape = isWritten ? bare.replaceAll(/\d/g, '') : 'year first'
      first ??= { shape, place }
      if (first.shape !== shape && (isWritten || yearFirst.test(bare)))
        throw formatError(place, quoted(text), `a day written as the one in line ${first.place.line}`)
      if (isWritten) waiting.push({ date: readWrittenDate(bare, place), use })
      else use(parseDay(text, place))
    },
    finish() {
      if (waiting.length === 0) return
      const order = findDateOrder(
        waiting.map(({ date }) => date),
        { source, asked },
      )
      for (const { date, use } of waiting) use(dayOfWritten(date, order))
    },
  }
}

function withoutMidnight(text: string): string {
  const trimmed = text.trim()
  return midnight.exec(trimmed)?.[1] ?? trimmed
}

function expectedFor(text: string): string {
  const days = 'a day of the calendar, YYYY-MM-DD'
  if (shortYear.test(text)) return `${days}: a year of two digits may be of several centuries`
  if (/^\d{5}(\.0+)?$/.test(text))
    return `${days}, not a spreadsheet's number of a day: format the column as dates`
  if (/^\d{10}(\d{3})?$/.test(text)) return `${days}, not seconds since 1970`
  if (time.test(text)) return `${days}: one row a day, with the day's highest temperature, not one each hour`
  return days
}
