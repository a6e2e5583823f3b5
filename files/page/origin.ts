import type { MonthAverage } from '../lib/results/month-averages.ts'
import type { MonthName } from '../lib/weather/calendar.ts'
import { daysOf } from './climate.ts'
import { formatCount } from './format-count.ts'

/** Says where a month's number comes from: partition, file, offset, first and last date, days counted of days there are. */
export function originOf(average: MonthAverage, name: MonthName): string {
  return `${fileOrigin(average)}; ${daysOrigin(average, name)}`
}

/** The part that the months of one partition have in common. */
export function fileOrigin({ partition, offset }: Pick<MonthAverage, 'partition' | 'offset'>): string {
  return `partition ${partition}, partition-${partition}.json, offset ${formatCount(offset)}`
}

/** The part that is a month's own. */
export function daysOrigin({ year, start, end, count }: MonthAverage, name: MonthName): string {
  return `${start} to ${end}, ${count} of ${daysOf(year, name)} days`
}
