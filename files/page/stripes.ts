import type { Climate } from './climate.ts'
import { legend, makeColourScale } from './colours.ts'
import { type Html, html } from './html.ts'
import type { Unit } from './unit.ts'
import { plotAttributes, width, yearTicks } from './year-axis.ts'

const height = 150
const box = { left: 0, top: 0, right: width, bottom: height - 26 }

/** Draws warming stripes: a stripe for each complete year, coloured by its difference from the mean of all those shown. */
export function stripes(climate: Climate, unit: Unit): Html {
  const complete = [...climate.yearAverages.values()].filter(({ isComplete }) => isComplete)
  if (complete.length === 0)
    return html`<p class="note">No year is complete yet: the first stripe comes with it.</p>`
  const mean = complete.reduce((sum, { avg }) => sum + avg, 0) / complete.length
  const scale = makeColourScale(
    complete.map(({ avg }) => avg - mean),
    unit,
  )
  const column = width / climate.years.length
  const drawn = climate.years.map((year, index) => {
    const average = climate.yearAverages.get(year)!
    // A twentieth more than the column, so that no gap shows between two.
    const at = { x: (index * column).toFixed(2), width: (column * 1.05).toFixed(2) }
    const colour = average.isComplete ? `c${scale.classOf(average.avg - mean)}` : 'partial-year'
    return html`<rect class="${colour}" x="${at.x}" y="0" width="${at.width}" height="${box.bottom}"/>`
  })
  const title = 'Warming stripes: each year coloured by its difference from the mean of the years shown'
  return html`<svg id="plot-stripes" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" ${plotAttributes('stripes', box)}>${drawn}${yearTicks(climate.years, box)}<rect class="cursor"/></svg>${legend(scale, unit, `the mean of ${complete.length} complete years`)}`
}
