import type { MonthAverage, MonthAverages } from '../lib/results/month-averages.ts'
import { daysInMonth, type MonthName, monthNames } from '../lib/weather/calendar.ts'
import type { Years } from '../lib/weather/source.ts'

/** The mean of a month's name over a reference period, °F, or why there is none: too few of its years. */
export type Normal = {
  avg: number | undefined
  years: number
  /** How many of these years are taken by their number of days alone: it is not known which of their days are missing. */
  uncertainYears: number
}

/** The normals of a reference period, how many years it has, and how many of them each must have at least. */
export type Normals = {
  period: Years
  yearCount: number
  yearsMin: number
  byMonth: ReadonlyMap<MonthName, Normal>
}

/** A month with so many days missing, or so many in a row, is left out. */
export const missingDaysLimit = 11
export const missingInARowLimit = 5
const yearsShareMin = 0.8

/**
 * Works out the normal of each month: the mean of its monthly means, each month of the same weight.
 *
 * WMO's rule: of the period's years at least four in five, 24 of 30; a month is left out when 11 or more of its days are
 * missing, or five or more in a row. Where it is not known which days are missing, a month is taken by the first half of
 * the rule alone, and counted in `uncertainYears`.
 *
 * @see WMO Guidelines on the Calculation of Climate Normals, WMO-No. 1203 (2017), on the treatment of missing data
 */
export function normalsOf(averages: MonthAverages, period: Years): Normals {
  const yearCount = period.last - period.first + 1
  const yearsMin = Math.ceil(yearCount * yearsShareMin)
  const byMonth = new Map<MonthName, Normal>()
  for (const name of monthNames) {
    const counted = [...(averages.get(name)?.values() ?? [])].filter(
      (average) => average.year >= period.first && average.year <= period.last && isEnough(average, name),
    )
    const sum = counted.reduce((total, { avg }) => total + avg, 0)
    const avg = counted.length >= yearsMin ? sum / counted.length : undefined
    const uncertainYears = counted.filter((average) => isUncertain(average, name)).length
    byMonth.set(name, { avg, years: counted.length, uncertainYears })
  }
  return { period, yearCount, yearsMin, byMonth }
}

/** How far a month lies from its normal, °F; undefined without one, or when too many of the month's days are missing. */
export function anomalyOf(normals: Normals, name: MonthName, average: MonthAverage): number | undefined {
  const normal = normals.byMonth.get(name)?.avg
  return normal === undefined || !isEnough(average, name) ? undefined : average.avg - normal
}

/** How many of a month's days were not counted. */
export function missingDays({ year, count }: MonthAverage, name: MonthName): number {
  return daysOf(year, name) - count
}

/**
 * Whether five days in a row are missing of a month.
 *
 * @returns undefined when that is not known; days before its first one, after its last one, and less than five between them
 *   tell it without knowing which
 */
export function missesFiveInARow(average: MonthAverage, name: MonthName): boolean | undefined {
  const { year, start, end, count, longestGap } = average
  if (longestGap !== undefined) return longestGap >= missingInARowLimit
  const [first, last] = [Number(start.slice(8)), Number(end.slice(8))]
  if (Math.max(first - 1, daysOf(year, name) - last) >= missingInARowLimit) return true
  return last - first + 1 - count < missingInARowLimit ? false : undefined
}

/** Whether a month that is taken might have to be left out. */
export function isUncertain(average: MonthAverage, name: MonthName): boolean {
  return isEnough(average, name) && missesFiveInARow(average, name) === undefined
}

/** Whether few enough days of a month are missing for it to stand for the whole. */
export function isEnough(average: MonthAverage, name: MonthName): boolean {
  return missingDays(average, name) < missingDaysLimit && missesFiveInARow(average, name) !== true
}

function daysOf(year: number, name: MonthName): number {
  return daysInMonth(year, monthNames.indexOf(name) + 1)
}
