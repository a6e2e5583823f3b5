import { monthNames } from '../lib/weather/calendar.ts'
import { type Chart, percent } from './chart-frame.ts'
import type { Climate } from './climate.ts'
import { type Html, html } from './html.ts'
import { scales, type Unit } from './unit.ts'
import { type Axis, axisOf, axisValues, valueLabels, yOf } from './value-axis.ts'

// Room for the round ends at the left, and for a year's number at the right; origin.js has the same number.
const [width, height, inset] = [1000, 400, 40]

/**
 * Draws a line for each year over the months, pale, the newest bold, and the mean of all complete months dashed. While the
 * newest year has not all its months, the last one that has them stands out too.
 *
 * @returns undefined when there is nothing to draw
 */
export function yearLines(climate: Climate, unit: Unit): Chart | undefined {
  const scaled = scales[unit].fromFahrenheit
  const lines = climate.years.map((year) => ({ year, values: valuesOf(climate, year).map(scaled) }))
  const values = lines.flatMap((line) => line.values.filter((value) => !Number.isNaN(value)))
  if (values.length === 0) return undefined
  const axis = axisOf(values)
  const means = monthNames.map((name) => scaled(climate.means.get(name)?.avg ?? Number.NaN))
  const newest = lines.at(-1)!
  const whole = isWhole(newest) ? undefined : lines.findLast(isWhole)
  const older = lines.filter((line) => line !== newest && line !== whole).map((line) => yearPath(line, axis))
  return {
    name: 'lines',
    label: `The months of each year; bold: ${newest.year}`,
    width,
    height,
    data: html`data-axis="${axis.low} ${axis.high}"`,
    plot: html`${grid(axis)}<g class="older">${older}</g>${whole && html`<g class="whole">${yearPath(whole, axis)}</g>`}<path class="mean" d="${pathOf(means, axis)}"/><g class="newest">${yearPath(newest, axis)}<path class="points" d="${points(newest.values, axis)}"/></g>`,
    rows: html`${valueLabels(axis, unit, height)}`,
    columns: html`${monthNames.map((name, month) => html`<text class="${month % 2 === 0 ? 'year' : 'year alternate'}" x="${percent(x(month) / width)}" y="19" text-anchor="middle">${name.slice(0, 3)}</text>`)}`,
    overlay: html`${whole && yearLabel(whole, axis, 'whole')}${yearLabel(newest, axis, 'newest')}`,
    legend: legend(newest, whole, older.length),
    picture: {
      words: `Orange: ${newest.year}. Dashed: the mean of all complete months. Pale: the other years.`,
    },
  }
}

type YearLine = { year: number; values: readonly number[] }

function isWhole({ values }: YearLine): boolean {
  return !values.some(Number.isNaN)
}

function yearPath({ year, values }: YearLine, axis: Axis): Html {
  return html`<path data-year="${year}" d="${pathOf(values, axis)}"/>`
}

function legend(newest: YearLine, whole: YearLine | undefined, others: number): Html {
  const key = (looks: string, words: string) =>
    html`<span><svg width="34" height="12" aria-hidden="true"><path class="${looks}" d="M1 6h32"/></svg> ${words}</span>`
  const last = whole && key('key-whole', `${whole.year}, the last year with all months`)
  const more = others > 0 && key('key-older', others === 1 ? 'the other year' : `the other ${others} years`)
  return html`<p class="legend">${key('key-newest', `${newest.year}`)}${last}${key('key-mean', 'mean of all complete months')}${more}</p>`
}

/** January first; not a number where a month has no day counted. */
function valuesOf({ averages }: Climate, year: number): number[] {
  return monthNames.map((name) => averages.get(name)?.get(year)?.avg ?? Number.NaN)
}

function x(month: number): number {
  return Math.round((inset + (month * (width - 2 * inset)) / 11) * 10) / 10
}

function y(value: number, axis: Axis): number {
  return yOf(value, axis, height)
}

/** A month without data breaks the line; a single month is a dot, drawn by the line's round ends. */
function pathOf(values: readonly number[], axis: Axis): string {
  let path = ''
  for (const [month, value] of values.entries()) {
    if (Number.isNaN(value)) continue
    const joined = month > 0 && !Number.isNaN(values[month - 1]!)
    path += `${joined ? 'L' : 'M'}${x(month)} ${y(value, axis)}`
    if (!joined) path += 'h0'
  }
  return path
}

function points(values: readonly number[], axis: Axis): string {
  return values
    .map((value, month) => (Number.isNaN(value) ? '' : `M${x(month)} ${y(value, axis)}h0`))
    .join('')
}

/** Above the line's last point; at the right edge moved in, so that it is not cut off. */
function yearLabel({ year, values }: YearLine, axis: Axis, looks: string): Html {
  const last = values.findLastIndex((value) => !Number.isNaN(value))
  const at = { x: percent(x(last) / width), y: percent(y(values[last]!, axis) / height) }
  return html`<text class="label ${looks}" x="${at.x}" y="${at.y}" dy="-10" text-anchor="${last < 2 ? 'start' : last > 8 ? 'end' : 'middle'}">${year}</text>`
}

function grid(axis: Axis): Html[] {
  return axisValues(axis).map(
    (value) => html`<path class="grid${value === 0 ? ' zero' : ''}" d="M0 ${y(value, axis)}H${width}"/>`,
  )
}
