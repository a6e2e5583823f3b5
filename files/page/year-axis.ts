import { formatCount } from './format-count.ts'
import { type Html, html, trusted } from './html.ts'

/** Width of the charts, in their own units. */
export const width = 1060

/** Where a chart's data is drawn, in its own units. */
export type Box = { left: number; top: number; right: number; bottom: number }

/** What page.js needs to tell which month of which year the pointer is at. */
export function plotAttributes(kind: 'heat' | 'lines' | 'stripes', box: Box): Html {
  return html`data-plot="${kind}" data-box="${[box.left, box.top, box.right, box.bottom].join(' ')}"`
}

/** Draws years under a box in which each year has a column of the same width: at most about twelve of them. */
export function yearTicks(years: readonly number[], { left, right, bottom }: Box): Html {
  const every = [1, 2, 5, 10, 20, 50, 100, 500].find((step) => years.length / step <= 16) ?? 1000
  const column = (right - left) / Math.max(years.length, 1)
  const ticks = years.map((year, index) => {
    if (year % every !== 0) return ''
    const x = Math.round((left + (index + 0.5) * column) * 10) / 10
    // At the edges a label is moved in, so that it is not cut off.
    const text = Math.min(Math.max(x, left + 14), right - 16)
    return `<path class="tick" d="M${x} ${bottom}v4"/><text class="year" x="${text}" y="${bottom + 19}">${year}</text>`
  })
  return trusted(ticks.join(''))
}

/** Says which years are shown when there are more. */
export function yearsNote(yearsInAll: number, years: readonly number[]): Html | undefined {
  if (yearsInAll <= years.length) return undefined
  return html`<p class="note">The last ${years.length} of ${formatCount(yearsInAll)} years are shown, ${years[0]} to ${years.at(-1)}; <a href="stats.csv">stats.csv</a> has them all.</p>`
}
