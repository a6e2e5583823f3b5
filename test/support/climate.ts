import {
  type MonthAverage,
  type MonthAverages,
  mergeCheckpoints,
} from '../../files/lib/results/month-averages.ts'
import { emptyCheckpoint, monthTable } from '../../files/lib/stats/checkpoint.ts'
import { addDay } from '../../files/lib/stats/stats.ts'
import { daysInMonth, type MonthName, monthNames } from '../../files/lib/weather/calendar.ts'

/** U.S. Climate Normals 1991-2020, Madison, monthly mean of the daily maximum, °F. */
export const madisonNormals = {
  ...{ January: 27.0, February: 31.2, March: 43.6, April: 56.9, May: 69.0, June: 78.6 },
  ...{ July: 82.1, August: 79.9, September: 72.9, October: 59.6, November: 44.8, December: 32.3 },
}

/** A month of a test's own making. */
export type Given = {
  name: MonthName
  year: number
  avg: number
  count?: number
  lastDay?: number
  longestGap?: number | undefined
  partition?: number
  offset?: number
}

/** Averages of a test's own making; complete months unless a count is given. The days counted are the first ones unless a last day is. */
export function averagesOf(...months: readonly Given[]): MonthAverages {
  const averages: MonthAverages = new Map()
  for (const { name, year, avg, count, lastDay, partition = 2, offset = 4117, ...given } of months) {
    const month = monthNames.indexOf(name) + 1
    const days = count ?? daysInMonth(year, month)
    const date = (day: number) => new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10)
    const [start, end] = [date(1), date(lastDay ?? days)]
    const average: MonthAverage = {
      ...{ year, count: days, sum: avg * days, avg, start, end, partition, offset },
      longestGap: 'longestGap' in given ? given.longestGap : daysInMonth(year, month) - days,
    }
    const years = averages.get(name) ?? new Map<number, MonthAverage>()
    averages.set(name, years.set(year, average))
  }
  return averages
}

/** Averages of days in the order of their dates, as they come out when these are counted. */
export function averagesOfDays(days: readonly { date: string; degrees: number }[]): MonthAverages {
  const checkpoint = emptyCheckpoint(2)
  for (const { date, degrees } of days) {
    const [year, month, day] = date.split('-').map(Number) as [number, number, number]
    addDay(monthTable(checkpoint, monthNames[month - 1]!), year, day, degrees)
  }
  return mergeCheckpoints([checkpoint])
}

/** The text of a partition file with as many years of every month given, from the first year on. */
export function partitionFileText(
  partition: number,
  names: readonly MonthName[],
  years: { first: number; count: number },
  offset = 10_000_000,
): string {
  const file: Record<string, unknown> = { partition, offset }
  for (const name of names) {
    const month = monthNames.indexOf(name) + 1
    const table: Record<string, unknown> = {}
    for (let year = years.first; year < years.first + years.count; year++) {
      const days = daysInMonth(year, month)
      const key = String(year).padStart(4, '0')
      const sum = days * (month * 5) + (year % 17)
      const [start, end] = [1, days].map(
        (day) => `${key}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
      )
      table[key] = { count: days, sum, avg: sum / days, end, start }
    }
    file[name] = table
  }
  return JSON.stringify(file)
}
