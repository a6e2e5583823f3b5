import { OperatingError } from '../core/program.ts'
import { coldest, hottest } from '../weather/unit.ts'

/** A day's highest temperature: date `YYYY-MM-DD`, degrees in °F. */
export type DailyHigh = { date: string; degrees: number }

/** Which days are wanted, dates as `YYYY-MM-DD`; `listSkipped` asks for a list of the values left out. */
export type Wanted = { from?: string; to?: string; listSkipped?: boolean }

/** Why a value is left out, in the words that follow its count. */
export const skipReasons = {
  missing: 'without a value',
  marked: 'with a number that stands for a missing value',
  flagged: 'failed a quality check',
  padding: "past a month's end",
  impossible: 'impossible',
  repeated: 'given again',
  contradicted: 'given with different values',
  outside: 'outside --from and --to',
  unfinished: 'in a last line that has no end yet',
  incomplete: 'with readings in fewer than 20 of 24 hours',
  model: 'from a model',
  today: 'of a day that is not over',
} as const

export type SkipReason = keyof typeof skipReasons

/** Where a value stands: line and column from 1, or in a database the table and the key in `row`. */
export type Place = { source: string; line: number; column: number; row?: string }

/** A place in words: `line 3, column 12`. */
export function placeText({ line, column, row }: Place): string {
  return row ?? `line ${line}, column ${column}`
}

/** A value left out. */
export type Skipped = Place & { reason: SkipReason; date: string }

/** A station's days in the order of their dates, how many values were left out, and, when asked for, which. */
export type OrderedDays = { days: DailyHigh[]; skipped: Map<SkipReason, number>; list: Skipped[] }

/** Where the values of one or more files come together. Days are whole numbers YYYYMMDD. */
export type Days = {
  first: number
  last: number
  byDay: Map<number, { degrees: number; place: Place }>
  contradicted: Set<number>
  /** The highest of a day's readings so far, in °F, and the hours that have one: bit 0 is 00:00 to 01:00. */
  readings: Map<number, { degrees: number; hours: number; place: Place }>
  skipped: Map<SkipReason, number>
  list: Skipped[] | undefined
}

/** Of so many hours a day must have readings, or its highest one may not be the day's. */
export const completeHours = 20

/** Makes an empty collection of days. */
export function collectDays({ from = '', to = '9999-12-31', listSkipped }: Wanted = {}): Days {
  return {
    first: dayNumber(from),
    last: dayNumber(to),
    byDay: new Map(),
    contradicted: new Set(),
    readings: new Map(),
    skipped: new Map(),
    list: listSkipped ? [] : undefined,
  }
}

/** Takes a day's value in °F. The same day with the same value counts once; with another value, not at all. */
export function takeDay(days: Days, day: number, degrees: number, place: Place): void {
  const earlier = days.byDay.get(day)
  if (degrees < coldest || degrees > hottest) skipDay(days, 'impossible', day, place)
  else if (day < days.first || day > days.last) skipDay(days, 'outside', day, place)
  else if (days.contradicted.has(day)) skipDay(days, 'contradicted', day, place)
  else if (!earlier) days.byDay.set(day, { degrees, place })
  else if (earlier.degrees === degrees) skipDay(days, 'repeated', day, place)
  else {
    // Nothing here tells which of the two is right: neither counts, in whatever order they come.
    days.byDay.delete(day)
    days.contradicted.add(day)
    skipDay(days, 'contradicted', day, earlier.place)
    skipDay(days, 'contradicted', day, place)
  }
}

/** Takes the highest of some readings of a day, in °F, and the hours that they are of. Those of one day may stand in several files. */
export function takeReadings(days: Days, day: number, degrees: number, hours: number, place: Place): void {
  const earlier = days.readings.get(day)
  const highest = earlier && earlier.degrees >= degrees ? earlier : { degrees, place }
  days.readings.set(day, { ...highest, hours: hours | (earlier?.hours ?? 0) })
}

/** Takes each day whose readings are of enough hours; its highest reading is the day's value. */
export function finishReadings(days: Days): void {
  for (const [day, { degrees, hours, place }] of days.readings) {
    if (countHours(hours) < completeHours) skipDay(days, 'incomplete', day, place)
    else takeDay(days, day, degrees, place)
  }
  days.readings.clear()
}

function countHours(hours: number): number {
  return hours.toString(2).replaceAll('0', '').length
}

/** The newest day, held back because it is not over, and where its value stands. */
export type HeldBack = { date: string; place: Place }

/**
 * Leaves out the newest day unless it is over: its highest temperature may still rise, and what was sent is counted for
 * ever. That there is a later one says that it is over as well.
 *
 * @param today the date where the station stands
 * @returns the day held back, if any
 */
export function holdBack(days: Days, today: string): HeldBack | undefined {
  let last = 0
  for (const day of days.byDay.keys()) last = Math.max(last, day)
  if (last < dayNumber(today)) return undefined
  const { place } = days.byDay.get(last)!
  days.byDay.delete(last)
  skipDay(days, 'today', last, place)
  return { date: dayText(last), place }
}

/** Counts a value that is left out; `day` may be none of the calendar. */
export function skipDay(days: Days, why: SkipReason, day: number, place: Place): void {
  const reason = day < days.first || day > days.last ? 'outside' : why
  days.skipped.set(reason, (days.skipped.get(reason) ?? 0) + 1)
  days.list?.push({ ...place, reason, date: dayText(day) })
}

/**
 * Checks that no day lies in the future.
 *
 * @param newest of the dates that it is anywhere on Earth now
 * @throws OperatingError with the place of the first one
 */
export function checkPast({ byDay }: Days, newest: string): void {
  const limit = dayNumber(newest)
  const [first] = [...byDay].filter(([day]) => day > limit).toSorted(([a], [b]) => a - b)
  if (!first) return
  const [day, { place }] = first
  throw new OperatingError(
    `${place.source}: ${placeText(place)}: ${dayText(day)} lies in the future: nowhere is it later than ${newest}. Correct ` +
      `the date, say --to ${newest} to leave out what is later, such as forecasts, or --send-today to send it. Nothing has been sent.`,
  )
}

/** Puts the days in order. */
export function inOrder({ byDay, skipped, list = [] }: Days): OrderedDays {
  const days = Float64Array.from(byDay.keys()).sort()
  return {
    days: Array.from(days, (day) => ({ date: dayText(day), degrees: byDay.get(day)!.degrees })),
    skipped,
    list,
  }
}

/** A date `YYYY-MM-DD` as the number YYYYMMDD; 0 for no date. */
export function dayNumber(date: string): number {
  return Number(date.slice(0, 4)) * 10_000 + Number(date.slice(5, 7)) * 100 + Number(date.slice(8))
}

/** A number YYYYMMDD as the date `YYYY-MM-DD`. */
export function dayText(day: number): string {
  const digits = String(day).padStart(8, '0')
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
}
