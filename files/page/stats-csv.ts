import { monthNames } from '../lib/calendar.ts'
import type { MonthAverages } from '../lib/month-averages.ts'

/** Formats all months of all years as CSV (RFC 4180), degrees in °F and as exact as the partition files have them. */
export function formatStatsCsv(averages: MonthAverages): string {
  const lines = ['month,year,count,sum,avg,start,end,partition,offset']
  for (const name of monthNames) {
    const years = [...(averages.get(name)?.values() ?? [])].sort((a, b) => a.year - b.year)
    for (const { year, count, sum, avg, start, end, partition, offset } of years) {
      lines.push([name, year, count, sum, avg, start, end, partition, offset].join(','))
    }
  }
  return `${lines.join('\r\n')}\r\n`
}
