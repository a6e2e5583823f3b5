import type { MonthAverage } from '../lib/results/month-averages.ts'
import type { MonthName } from '../lib/weather/calendar.ts'
import { daysOf } from './climate.ts'

/** Says where a month's number comes from: first and last date, days counted of days there are, file. */
export function originOf(average: MonthAverage, name: MonthName): string {
  return `${daysOrigin(average, name)}; ${fileOrigin(average)}`
}

/**
 * The part that the months of one partition have in common. The file's offset is not in it: it tells how far the log was
 * read, and not where the month's records are.
 */
export function fileOrigin({ partition }: Pick<MonthAverage, 'partition'>): string {
  return `partition-${partition}.json`
}

/** The part that is a month's own. */
export function daysOrigin({ year, start, end, count }: MonthAverage, name: MonthName): string {
  return `${count} of ${daysOf(year, name)} days counted, ${start} to ${end}`
}

/** Where the records behind a month's number are shown. */
export function evidencePath(name: MonthName, year: number): string {
  return `evidence/${name}/${String(year).padStart(4, '0')}`
}
