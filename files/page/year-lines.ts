import { monthNames } from '../lib/weather/calendar.ts'
import type { Climate } from './climate.ts'
import { type Html, html } from './html.ts'
import { scales, type Unit } from './unit.ts'
import { type Box, plotAttributes, width } from './year-axis.ts'

const height = 430
const box: Box = { left: 44, top: 16, right: width - 64, bottom: height - 30 }

/** Values at the bottom and the top of the axis, and what lies between two of its lines. */
type Axis = { low: number; high: number; step: number }

/**
 * Draws a line for each year over the months, pale, the newest bold, and the mean of all complete months dashed. While the
 * newest year has not all its months, the last one that has them stands out too.
 */
export function yearLines(climate: Climate, unit: Unit): Html {
  const scaled = scales[unit].fromFahrenheit
  const lines = climate.years.map((year) => ({ year, values: valuesOf(climate, year).map(scaled) }))
  const values = lines.flatMap((line) => line.values.filter((value) => !Number.isNaN(value)))
  if (values.length === 0) return html`<p class="note">There are no numbers yet.</p>`
  const axis = axisOf(values)
  const means = monthNames.map((name) => scaled(climate.means.get(name)?.avg ?? Number.NaN))
  const newest = lines.at(-1)!
  const whole = isWhole(newest) ? undefined : lines.findLast(isWhole)
  const older = lines.filter((line) => line !== newest && line !== whole).map((line) => yearPath(line, axis))
  const title = `The months of each year; bold: ${newest.year}`
  return html`<svg id="plot-lines" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" ${plotAttributes('lines', box)} data-axis="${axis.low} ${axis.high}">${grid(axis, unit)}<g class="older">${older}</g>${whole && html`<g class="whole">${yearPath(whole, axis)}${yearLabel(whole, axis)}</g>`}<path class="mean" d="${pathOf(means, axis)}"/><g class="newest">${yearPath(newest, axis)}${points(newest.values, axis)}</g>${yearLabel(newest, axis)}<circle class="cursor" r="5"/></svg>${legend(newest, whole, older.length)}`
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
  return html`<p class="legend">${key('key-newest', `${newest.year}`)}${last}${key('key-mean', 'mean of all complete months')}${key('key-older', `the other ${others} years`)}</p>`
}

/** January first; not a number where a month has no day counted. */
function valuesOf({ averages }: Climate, year: number): number[] {
  return monthNames.map((name) => averages.get(name)?.get(year)?.avg ?? Number.NaN)
}

function axisOf(values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = Math.max(most - least, 1)
  const power = 10 ** Math.floor(Math.log10(span / 6))
  const step = power * ([1, 2, 5].find((nice) => span / (nice * power) <= 8) ?? 10)
  return { low: Math.floor(least / step) * step, high: Math.ceil(most / step) * step || step, step }
}

function x(month: number): number {
  return Math.round((box.left + 24 + (month * (box.right - box.left - 48)) / 11) * 10) / 10
}

function y(value: number, { low, high }: Axis): number {
  return Math.round((box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top)) * 10) / 10
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

function points(values: readonly number[], axis: Axis): Html[] {
  return values.flatMap((value, month) =>
    Number.isNaN(value) ? [] : [html`<circle cx="${x(month)}" cy="${y(value, axis)}" r="3.5"/>`],
  )
}

function yearLabel({ year, values }: YearLine, axis: Axis): Html {
  const last = values.findLastIndex((value) => !Number.isNaN(value))
  return html`<text class="label" x="${x(last) + 9}" y="${y(values[last]!, axis) + 4}">${year}</text>`
}

function grid(axis: Axis, unit: Unit): Html[] {
  const count = Math.round((axis.high - axis.low) / axis.step)
  const rows = Array.from({ length: count + 1 }, (_, index) => {
    const value = axis.low + index * axis.step
    const text = String(Number(value.toPrecision(6))).replace('-', '−')
    const suffix = index === count ? ` ${scales[unit].unit}` : ''
    return html`<path class="grid${value === 0 ? ' zero' : ''}" d="M${box.left} ${y(value, axis)}H${box.right}"/><text class="value" x="${suffix ? 0 : box.left - 8}" y="${y(value, axis) + 4}"${suffix && html` text-anchor="start"`}>${text}${suffix}</text>`
  })
  const months = monthNames.map(
    (name, month) =>
      html`<text class="year" x="${x(month)}" y="${box.bottom + 20}">${name.slice(0, 3)}</text>`,
  )
  return [...rows, ...months]
}
