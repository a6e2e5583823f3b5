/** The months' English names, January first: the keys of the records and of the partition files. */
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

export type MonthName = (typeof monthNames)[number]

/** A calendar day. Year 1 to 9999, month 1 to 12, day 1 to 31. */
export type CalendarDay = { year: number; month: number; day: number }

/**
 * Days in a month of the proleptic Gregorian calendar, the one of ISO 8601.
 *
 * @param month 1 to 12
 */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/**
 * Parses a date of the form `YYYY-MM-DD`, years 0001 to 9999.
 *
 * @returns undefined when the text has another form or names no day of the calendar (30 February)
 */
export function parseDate(text: string): CalendarDay | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const date = { year: Number(text.slice(0, 4)), month: Number(text.slice(5, 7)), day: Number(text.slice(8)) }
  const isDay = date.year >= 1 && date.month >= 1 && date.month <= 12 && date.day >= 1
  return isDay && date.day <= daysInMonth(date.year, date.month) ? date : undefined
}

/** Formats a day as `YYYY-MM-DD`. */
export function formatDate({ year, month, day }: CalendarDay): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The day after; undefined after 9999-12-31, for dates have four-digit years. */
export function nextDay({ year, month, day }: CalendarDay): CalendarDay | undefined {
  if (day < daysInMonth(year, month)) return { year, month, day: day + 1 }
  if (month < 12) return { year, month: month + 1, day: 1 }
  return year < 9999 ? { year: year + 1, month: 1, day: 1 } : undefined
}

/** The English name of a month, 1 to 12. */
export function monthName(month: number): MonthName {
  return monthNames[month - 1]!
}

const dayMs = 86_400_000

/** The days from one date `YYYY-MM-DD` to another: 1 to the next day. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / dayMs
}

/** The date so many days after a date `YYYY-MM-DD`. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10)
}
