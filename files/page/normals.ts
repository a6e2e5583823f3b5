import type { MonthAverage, MonthAverages } from '../lib/results/month-averages.ts'
import { daysInMonth, type MonthName, monthNames } from '../lib/weather/calendar.ts'
import type { Years } from '../lib/weather/source.ts'

/** The mean of a month's name over a reference period, °F, or why there is none: too few of its years. */
export type Normal = { avg: number | undefined; years: number }

/** The normals of a reference period, how many years it has, and how many of them each must have at least. */
export type Normals = {
  period: Years
  yearCount: number
  yearsMin: number
  byMonth: ReadonlyMap<MonthName, Normal>
}

/** How many days of a month may be missing. */
export const missingDaysMax = 10
const yearsShareMin = 0.8

/**
 * Works out the normal of each month: the mean of its monthly means, each month of the same weight.
 *
 * WMO's rule: of the period's years at least four in five, 24 of 30; a month counts when at most 10 of its days are
 * missing. WMO also leaves out a month with five missing days in a row, which counts alone do not tell.
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
    byMonth.set(name, { avg, years: counted.length })
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
  return daysInMonth(year, monthNames.indexOf(name) + 1) - count
}

function isEnough(average: MonthAverage, name: MonthName): boolean {
  return missingDays(average, name) <= missingDaysMax
}
