import { monthNames } from '../lib/weather/calendar.ts'
import { nameOf } from '../lib/weather/source.ts'
import type { Climate } from './climate.ts'
import { anomalyOf } from './normals.ts'

const head =
  'month,year,count,sum,avg,start,end,partition,offset,unit,station,name,dataset,normal,normal_years,anomaly,longest_gap,uncertain_years'

/**
 * Formats all months of all years as CSV (RFC 4180), degrees in °F and as exact as the partition files have them. Station,
 * name and dataset are empty where it is not known whose days these are; the normal where there is none. `longest_gap` is how
 * many days in a row the month misses at most, empty where that is not known; `uncertain_years` how many of the normal's years
 * are taken although that would have to be known.
 */
export function formatStatsCsv({ averages, source, normals }: Climate): string {
  const lines = [head]
  const whose = ['F', source?.id, source && nameOf(source), source?.dataset].map(field)
  for (const name of monthNames) {
    const years = [...(averages.get(name)?.values() ?? [])].sort((a, b) => a.year - b.year)
    const normal = normals?.byMonth.get(name)
    for (const average of years) {
      const { year, count, sum, avg, start, end, partition, offset, longestGap } = average
      const anomaly = normals && anomalyOf(normals, name, average)
      const against = [normal?.avg, normal?.years, anomaly, longestGap, normal?.uncertainYears]
      lines.push([name, year, count, sum, avg, start, end, partition, offset, ...whose, ...against].join(','))
    }
  }
  return `${lines.join('\r\n')}\r\n`
}

/** A text as a field; quoted where it has a comma or a quote. */
function field(text = ''): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
