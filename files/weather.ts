import type { DailyHigh } from './lib/observations/observations.ts'
import { type CalendarDay, daysInMonth, formatDate, nextDay, parseDate } from './lib/weather/calendar.ts'
import type { Source } from './lib/weather/source.ts'
import { typicalHighs } from './typical-highs.ts'

/** The generator's first day. */
export const firstDate = '1990-01-01'

/** What generated days are. */
export const generatedSource: Source = { kind: 'synthetic', name: 'Madison, Wisconsin' }

const firstYear = 1990
const repeatChance = 0.05
// So far off that an average which counted one repeat would show it.
const repeatDegrees = 1_000_000

/**
 * Generates a daily high for each day, as a warming Madison might have it: the typical high of the day of the year, plus
 * 0.02 to 0.1 °F for each year since 1990, plus -5 to 5 °F, to four decimals.
 *
 * After the first, each yield is with a chance of 5 % the previous date again with 1,000,000 °F, so repeats may follow
 * each other: the duplicates that a reader must not count. It returns after 9999-12-31, for dates have four-digit years.
 *
 * @param random uniform in [0, 1), such as Math.random; the same draws give the same weather
 * @param start first date, `YYYY-MM-DD`
 * @throws TypeError when `start` is no calendar day
 */
export function* generateWeather(random: () => number, start: string = firstDate): Generator<DailyHigh> {
  const uniform = (low: number, high: number) => low + (high - low) * random()
  let day = parseDate(start)
  if (!day) throw new TypeError(`start is '${start}': expected a calendar day, YYYY-MM-DD`)
  for (; day; day = nextDay(day)) {
    const date = formatDate(day)
    const warming = (day.year - firstYear) * uniform(0.02, 0.1)
    yield { date, degrees: round(typicalHigh(day) + warming + uniform(-5, 5)) }
    while (random() < repeatChance) yield { date, degrees: repeatDegrees }
  }
}

function typicalHigh({ month, day }: CalendarDay): number {
  let index = (month === 2 ? Math.min(day, 28) : day) - 1
  // Any common year's months: the table has no 29 February, which takes its eve's value.
  for (let earlier = 1; earlier < month; earlier++) index += daysInMonth(1990, earlier)
  return typicalHighs[index]!
}

function round(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000
}
