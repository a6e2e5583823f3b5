import { daysInMonth, monthNames } from '../weather/calendar.ts'
import type { MonthTable } from './stats.ts'

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?(?=,)/y
const datesOfMonth = monthNames.map((_, index) => `-${String(index + 1).padStart(2, '0')}-`)

/**
 * Parses a year's line as `formatCheckpoint` writes it: `"1990": {"count": 31, "sum": 599, "avg": 19.3, "end":
 * "1990-01-31", "start": "1990-01-01"}`. By places and not by a pattern, for a file of 8,000 years has 36,000 of them.
 *
 * @param table changed in place: gets the year
 * @param month 1 to 12
 * @param start where the line begins in the text
 * @returns where it ends; -1, the table being of no use, when it is no such line or says what cannot be
 */
export function parseYearLine(table: MonthTable, month: number, text: string, start: number): number {
  const year = readDigits(text, start + 1, 2) * 100 + readDigits(text, start + 3, 2)
  const countEnd = text.indexOf(',', start + 18)
  const count = readDigits(text, start + 18, countEnd - start - 18)
  const sumEnd = endOfNumber(text, countEnd + 9)
  const averageEnd = endOfNumber(text, sumEnd + 9)
  if (averageEnd < 0 || !(year >= 1) || !isLine(text, month, start, countEnd, sumEnd, averageEnd)) return -1
  const sum = Number(text.slice(countEnd + 9, sumEnd))
  const average = Number(text.slice(sumEnd + 9, averageEnd))
  const lastDay = readDigits(text, averageEnd + 18, 2)
  const firstDay = readDigits(text, averageEnd + 41, 2)
  if (firstDay < 1 || lastDay > daysInMonth(year, month)) return -1
  const hasLeadingZero = count < 10 && countEnd !== start + 19
  if (
    count < 1 ||
    hasLeadingZero ||
    count > lastDay - firstDay + 1 ||
    average !== sum / count ||
    !Number.isFinite(sum)
  )
    return -1
  table.counts[year] = count
  table.sums[year] = sum
  table.firstDays[year] = firstDay
  table.lastDays[year] = lastDay
  return averageEnd + 45
}

/** Whether all that is no number stands where it should. */
function isLine(
  text: string,
  month: number,
  start: number,
  countEnd: number,
  sumEnd: number,
  averageEnd: number,
): boolean {
  const dates = text.slice(start + 1, start + 5) + datesOfMonth[month - 1]
  return (
    text.startsWith('"', start) &&
    text.startsWith('": {"count": ', start + 5) &&
    text.startsWith(', "sum": ', countEnd) &&
    text.startsWith(', "avg": ', sumEnd) &&
    text.startsWith(', "end": "', averageEnd) &&
    text.startsWith(dates, averageEnd + 10) &&
    text.startsWith('", "start": "', averageEnd + 20) &&
    text.startsWith(dates, averageEnd + 33) &&
    text.startsWith('"}', averageEnd + 43)
  )
}

/** Reads one or two digits; anything else gives less than 0. */
function readDigits(text: string, position: number, length: number): number {
  const tens = length === 2 ? text.charCodeAt(position) - 0x30 : 0
  const ones = text.charCodeAt(position + length - 1) - 0x30
  const areDigits = tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 && (length === 1 || length === 2)
  return areDigits ? tens * 10 + ones : -10_000
}

/** @returns where the JSON number ends that begins there, before a comma; -1 when there is none */
function endOfNumber(text: string, position: number): number {
  number.lastIndex = position
  return number.test(text) ? number.lastIndex : -1
}
