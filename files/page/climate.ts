import { yearsOf } from '../lib/results/folder-source.ts'
import type { MonthAverage, MonthAverages } from '../lib/results/month-averages.ts'
import { daysInMonth, type MonthName, monthNames } from '../lib/weather/calendar.ts'
import type { Source, Years } from '../lib/weather/source.ts'
import { isEnough, type Normals, normalsOf } from './normals.ts'

/** A year's mean over all its days counted; `hasAllMonths` when each of its months is whole enough by WMO's rule. */
export type YearAverage = {
  year: number
  avg: number
  count: number
  isComplete: boolean
  hasAllMonths: boolean
}

/** What the charts and tables are drawn from: the averages, and what they are held against. */
export type Climate = {
  averages: MonthAverages
  /** The years shown, ascending: the most recent ones that have any day counted. */
  years: readonly number[]
  /** How many years have a day counted, shown or not. */
  yearsInAll: number
  /** First and last of them. */
  span: Years | undefined
  /** Where the days come from; undefined when that is not known. */
  source: Source | undefined
  /** Of the reference period, if one was asked for. */
  normals: Normals | undefined
  /** Means of all complete months of a name, °F. */
  means: ReadonlyMap<MonthName, MonthMean>
  /** By year, of the years shown. */
  yearAverages: ReadonlyMap<number, YearAverage>
  /** The mean of the years shown that have all months, °F, and how many these are. */
  yearMean: MonthMean | undefined
  /** First and last day counted, `YYYY-MM-DD`. */
  days: { first: string; last: string } | undefined
  /** The month with the newest day. */
  latest: NamedMonth | undefined
}

/** A month of one year with its name. */
export type NamedMonth = { name: MonthName; average: MonthAverage }

/** The mean of the complete months of one name, and of how many. */
export type MonthMean = { avg: number; years: number }

// More than these are not legible, and would make the page as large as its history. Madison has 155.
const yearsMax = 160
const yearsShownOfMore = 150

/** What is known beside the averages, and what they are to be held against. */
export type Setting = { source?: Source | undefined; period?: Years | undefined }

/** Works out what the page shows of the averages; of histories of more than 160 years the last 150. */
export function describeClimate(averages: MonthAverages, { source, period }: Setting = {}): Climate {
  const all = new Set<number>()
  for (const table of averages.values()) for (const year of table.keys()) all.add(year)
  const years = [...all].sort((a, b) => a - b).slice(all.size > yearsMax ? -yearsShownOfMore : 0)
  const means = new Map<MonthName, MonthMean>()
  for (const name of averages.keys()) {
    const mean = meanOf(completeMonths(averages, name))
    if (mean) means.set(name, mean)
  }
  const yearAverages = new Map(years.map((year) => [year, yearAverage(averages, year)]))
  const normals = period && normalsOf(averages, period)
  const span = yearsOf(averages)
  const yearMean = meanOf([...yearAverages.values()].filter(({ hasAllMonths }) => hasAllMonths))
  const against = { normals, means, yearAverages, yearMean }
  const latest = latestOf(averages)
  const days = latest && { first: firstDay(averages), last: latest.average.end }
  return { averages, years, yearsInAll: all.size, span, source, ...against, days, latest }
}

function firstDay(averages: MonthAverages): string {
  let first = '9999'
  for (const table of averages.values())
    for (const { start } of table.values()) if (start < first) first = start
  return first
}

/** The newest month of which every day was counted. */
export function latestComplete({ averages }: Climate): NamedMonth | undefined {
  return latestOf(averages, isComplete)
}

function latestOf(
  averages: MonthAverages,
  isWanted: (average: MonthAverage, name: MonthName) => boolean = () => true,
): NamedMonth | undefined {
  let latest: NamedMonth | undefined
  for (const [name, table] of averages)
    for (const average of table.values())
      if (isWanted(average, name) && !(latest && latest.average.end >= average.end))
        latest = { name, average }
  return latest
}

/** Whether every day of the month was counted: only then it is held against others. */
export function isComplete(average: MonthAverage, name: MonthName): boolean {
  return average.count === daysOf(average.year, name)
}

/** Days in a month of that name. */
export function daysOf(year: number, name: MonthName): number {
  return daysInMonth(year, monthNames.indexOf(name) + 1)
}

/** The complete months of a name, in order of their years. */
export function completeMonths(averages: MonthAverages, name: MonthName): MonthAverage[] {
  const table = averages.get(name)
  if (!table) return []
  return [...table.values()].filter((average) => isComplete(average, name)).sort((a, b) => a.year - b.year)
}

/** The mean of months or of years, each of the same weight; undefined of none. */
export function meanOf(months: readonly { avg: number }[]): MonthMean | undefined {
  if (months.length === 0) return undefined
  return { avg: months.reduce((sum, { avg }) => sum + avg, 0) / months.length, years: months.length }
}

function yearAverage(averages: MonthAverages, year: number): YearAverage {
  let [sum, count, complete, enough] = [0, 0, 0, 0]
  for (const name of monthNames) {
    const average = averages.get(name)?.get(year)
    if (!average) continue
    sum += average.sum
    count += average.count
    if (isComplete(average, name)) complete++
    if (isEnough(average, name)) enough++
  }
  return { year, avg: sum / count, count, isComplete: complete === 12, hasAllMonths: enough === 12 }
}
