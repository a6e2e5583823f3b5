import { daysInMonth, type MonthName, monthNames } from '../weather/calendar.ts'
import { describeSource, type Source } from '../weather/source.ts'
import { type Bar, drawBarChart } from './chart.ts'
import { yearsOf } from './folder-source.ts'
import { type MonthAverages, newestYear } from './month-averages.ts'

// The partitions that Kafka's default partitioner gives to these keys.
const months = [
  { name: 'January', partition: 2 },
  { name: 'February', partition: 1 },
  { name: 'March', partition: 0 },
] as const

/** A unit of temperature, as `°F`, and how degrees Fahrenheit become it. */
export type Scale = { unit: string; fromFahrenheit: (degrees: number) => number }

export const fahrenheit: Scale = { unit: '°F', fromFahrenheit: (degrees) => degrees }

/**
 * Draws month.svg: bars for January, February and March, each the most recent year of that month.
 *
 * Tools read the first match of, say, `January-1994` in the file, so each month stands there with that one year only. A
 * month that misses days is marked with their number; one without data with the command that would supply it.
 *
 * @param scale the unit that degrees are shown in; month.svg itself is in °F
 * @param source of the days; of an unknown one nothing is said
 * @returns an SVG document, the same bytes for the same averages
 */
export function drawMonthChart(
  averages: MonthAverages,
  { scale = fahrenheit, source }: { scale?: Scale; source?: Source | undefined } = {},
): string {
  const bars = months.map(({ name, partition }) => monthBar(averages, name, partition, scale))
  return drawBarChart(bars, {
    title: 'Average daily maximum temperature',
    ...(source && { source: withoutMonths(describeSource(source, yearsOf(averages))) }),
    subtitle: subtitle(bars),
    yLabel: 'Avg. Max Temperature',
    unit: scale.unit,
  })
}

/** Keeps what a station calls itself from being taken for a month's label, whose first mention counts. */
function withoutMonths(text: string): string {
  return text.replaceAll(/(January|February|March)-/g, '$1 ')
}

function monthBar(averages: MonthAverages, name: MonthName, partition: number, scale: Scale): Bar {
  const newest = newestYear(averages, name)
  if (!newest) {
    return { label: name, value: undefined, absent: ['no data yet', `node files/consumer.ts ${partition}`] }
  }
  const days = daysInMonth(newest.year, monthNames.indexOf(name) + 1)
  const bar = {
    label: `${name}-${String(newest.year).padStart(4, '0')}`,
    value: scale.fromFahrenheit(newest.avg),
  }
  return newest.count < days ? { ...bar, note: `${newest.count} of ${days} days` } : bar
}

function subtitle(bars: readonly Bar[]): string {
  if (bars.every(({ value }) => value === undefined))
    return 'There is no data yet for the first three months of any year'
  const dashed = bars.some(({ note }) => note) ? '; dashed while days are missing' : ''
  return `The most recent year of each month${dashed}`
}
