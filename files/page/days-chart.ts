import type { DayRecord, LoggedReport } from '../lib/verify/log-history.ts'
import type { MonthName } from '../lib/weather/calendar.ts'
import { type Chart, percent } from './chart-frame.ts'
import { daysOf } from './climate.ts'
import { type Html, html } from './html.ts'
import { scales, type Unit } from './unit.ts'
import { type Axis, axisOf, axisValues, valueLabels, yOf } from './value-axis.ts'

const [width, height] = [1000, 400]

/**
 * Draws the days of a month that were counted, and, as a dash, the highest value of each day of the year in any year.
 *
 * @param records by day of the month, from 1
 * @returns undefined when no day was counted
 */
export function daysChart(
  reports: readonly LoggedReport[],
  records: readonly (DayRecord | undefined)[],
  { name, year, unit }: { name: MonthName; year: number; unit: Unit },
): Chart | undefined {
  const scaled = scales[unit].fromFahrenheit
  const days = daysOf(year, name)
  const values: (number | undefined)[] = new Array(days).fill(undefined)
  for (const { kind, date, degrees } of reports)
    if (kind === 'counted') values[Number(date.slice(8)) - 1] = scaled(degrees)
  const highest = values.map((_, index) => records[index + 1]?.degrees).map((value) => value && scaled(value))
  const all = [...values, ...highest].filter((value) => value !== undefined)
  if (all.length === 0) return undefined
  const axis = axisOf(all)
  const step = width / days
  const dashes = highest.map((value, index) =>
    value === undefined ? '' : `M${(index + 0.15) * step} ${yOf(value, axis, height)}h${0.7 * step}`,
  )
  return {
    name: 'days',
    label: `The days of ${name} ${year}, and the highest value of each day in any year`,
    width,
    height,
    plot: html`${grid(axis)}<path class="highest" d="${dashes.join('')}"/><g class="newest">${dayLine(values, axis, step)}</g>`,
    rows: html`${valueLabels(axis, unit, height)}`,
    columns: html`${values.map((_, index) => dayLabel(index, days))}`,
    legend: html`<p class="legend">${key('key-newest', `${name} ${year}`)}${key('key-highest', 'the highest of that day in any year')}</p>`,
    picture: { words: 'A dash: the highest of that day in any year' },
  }
}

function dayLine(values: readonly (number | undefined)[], axis: Axis, step: number): Html {
  let [line, points] = ['', '']
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue
    const place = `${Math.round((index + 0.5) * step * 10) / 10} ${yOf(value, axis, height)}`
    line += `${values[index - 1] === undefined ? 'M' : 'L'}${place}`
    points += `M${place}h0`
  }
  return html`<path d="${line}"/><path class="points" d="${points}"/>`
}

function grid(axis: Axis): Html[] {
  return axisValues(axis).map(
    (value) => html`<path class="grid" d="M0 ${yOf(value, axis, height)}H${width}"/>`,
  )
}

/** Each fifth day has its number. */
function dayLabel(index: number, days: number): Html {
  const day = index + 1
  if (day !== 1 && day % 5 !== 0) return html``
  return html`<text x="${percent((index + 0.5) / days)}" y="19" text-anchor="middle">${day}</text>`
}

function key(looks: string, words: string): Html {
  return html`<span><svg width="34" height="12" aria-hidden="true"><path class="${looks}" d="M1 6h32"/></svg> ${words}</span>`
}
