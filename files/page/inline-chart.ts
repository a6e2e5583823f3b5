import { newestYear } from '../lib/results/month-averages.ts'
import { drawMonthChart } from '../lib/results/month-chart.ts'
import { monthNames } from '../lib/weather/calendar.ts'
import type { Climate } from './climate.ts'
import { type Html, trusted } from './html.ts'
import { scales, type Unit } from './unit.ts'

const styleElement = /<style>([\s\S]*?)<\/style>/
// The names that Plot gives to its marks say nothing to a reader, and ARIA has none for groups.
const groupLabel = /(<g [^>]*?)aria-label=/g
const drawn = new Map<Unit, { key: string; chart: Html }>()

/**
 * Draws month.svg for the inside of the page, whose heading says whose days they are; its style, which the page's policy would refuse there, comes by
 * {@link chartStylesheet}. Drawing takes longer than all else on the page together, so the last drawing is kept.
 */
export function inlineChart({ averages }: Climate, unit: Unit): Html {
  const newest = monthNames.slice(0, 3).map((name) => newestYear(averages, name))
  const key = JSON.stringify(newest.map((average) => average && [average.year, average.count, average.avg]))
  const last = drawn.get(unit)
  if (last?.key === key) return last.chart
  const svg = drawMonthChart(averages, { scale: scales[unit] }).replace(styleElement, '')
  const chart = trusted(svg.replace(groupLabel, '$1data-mark='))
  drawn.set(unit, { key, chart })
  return chart
}

/** The style inside month.svg. */
export function chartStyle(): string {
  return styleElement.exec(drawMonthChart(new Map()))![1]!
}

/** The same for the chart inside the page. */
export function chartStylesheet(): string {
  return chartStyle().replaceAll('[aria-label', '[data-mark')
}
