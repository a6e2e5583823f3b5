import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import { formatDate, parseDate } from '../weather/calendar.ts'
import { dayNumber, type Place } from './days.ts'
import { formatError } from './format-error.ts'

/** The orders in which a date's numbers are written: day, month, year, and so on. */
export const dateOrders = ['dmy', 'mdy', 'ymd'] as const

export type DateOrder = (typeof dateOrders)[number]

/** A date as a file has it: three numbers, in an order that the whole file tells, or `--date-order`. */
export type WrittenDate = { text: string; numbers: readonly [number, number, number]; place: Place }

const form = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})$/

/**
 * Reads a date without knowing its order: `02/03/20`, `2-3-2020`, `2020/03/02`.
 *
 * @throws OperatingError when it is not three numbers, or both of its ends have four digits
 */
export function readWrittenDate(text: string, place: Place): WrittenDate {
  const [, first = '', , second, third = ''] = form.exec(text) ?? []
  if (!second || first.length === 3 || third.length === 3 || first.length + third.length > 6)
    throw formatError(place, quoted(text), 'a date, such as 31/12/2024')
  return { text, numbers: [Number(first), Number(second), Number(third)], place }
}

/**
 * Finds the order of a file's dates: the one in which all of them are days of the calendar.
 *
 * A year of four digits tells half of it. A year of two digits is taken to stand last, unless `--date-order ymd` is given:
 * nobody's program is known to write it first.
 *
 * @param asked by `--date-order`
 * @param hint what is known of the program that writes such files, a sentence
 * @throws OperatingError when two orders give different days, or none fits
 */
export function findDateOrder(
  dates: readonly WrittenDate[],
  { source, asked, hint }: { source: string; asked: DateOrder | undefined; hint?: string },
): DateOrder {
  if (asked) return asked
  const isYearFirst = dates.some(({ numbers }) => numbers[0] > 99)
  const orders: DateOrder[] = isYearFirst ? ['ymd'] : ['dmy', 'mdy']
  const [order, other] = orders.filter((order) => dates.every((date) => dayIn(date, order) !== undefined))
  if (!order) throw unfit(dates, orders)
  const unclear = other && dates.find((date) => dayIn(date, order) !== dayIn(date, other))
  if (!unclear) return order
  throw new OperatingError(
    [
      `${source}: line ${unclear.place.line}: ${quoted(unclear.text)} may be written day first or month first, and no date of the file tells which.`,
      ...(hint ? [hint] : []),
      'Say it by --date-order dmy or --date-order mdy. Nothing has been sent.',
    ].join(' '),
  )
}

/**
 * The day that a date means.
 *
 * @returns YYYYMMDD
 * @throws OperatingError when it is no day of the calendar in that order
 */
export function dayOfWritten(date: WrittenDate, order: DateOrder): number {
  const day = dayIn(date, order)
  if (day !== undefined) return day
  throw formatError(date.place, quoted(date.text), `a day of the calendar, in the order ${order}`)
}

function dayIn({ numbers: [first, second, third] }: WrittenDate, order: DateOrder): number | undefined {
  const [year, month, day] = {
    ymd: [first, second, third] as const,
    dmy: [third, second, first] as const,
    mdy: [third, first, second] as const,
  }[order]
  const date = formatDate({ year: fullYear(year), month, day })
  return parseDate(date) && dayNumber(date)
}

/** Of a year in two digits, as the stations' programs take it: 71 is 1971, 70 is 2070. */
function fullYear(year: number): number {
  if (year > 99) return year
  return year > 70 ? 1900 + year : 2000 + year
}

function unfit(dates: readonly WrittenDate[], orders: readonly DateOrder[]): OperatingError {
  const misfits = orders.map((order) => dates.find((date) => dayIn(date, order) === undefined)!)
  const last = misfits.toSorted((a, b) => a.place.line - b.place.line).at(-1)!
  return formatError(
    last.place,
    quoted(last.text),
    `a day of the calendar, in the order of the dates before (${orders.join(' or ')})`,
  )
}
