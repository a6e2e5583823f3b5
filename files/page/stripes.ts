import { type Chart, yearTicks } from './chart-frame.ts'
import type { Climate } from './climate.ts'
import { legend, makeColourScale } from './colours.ts'
import { html } from './html.ts'
import type { Unit } from './unit.ts'

const columnWidth = 10

/**
 * Draws warming stripes: a stripe for each year that has all its months, coloured by its difference from the mean of all those.
 *
 * @returns undefined while no year has
 */
export function stripes(climate: Climate, unit: Unit): Chart | undefined {
  const { years, yearAverages, yearMean } = climate
  if (!yearMean) return undefined
  const whole = [...yearAverages.values()].filter(({ hasAllMonths }) => hasAllMonths)
  const scale = makeColourScale(
    whole.map(({ avg }) => avg - yearMean.avg),
    unit,
  )
  const drawn = years.flatMap((year, index) => {
    const { avg, hasAllMonths } = yearAverages.get(year)!
    if (!hasAllMonths) return []
    // A twentieth more than the column, so that no gap shows between two.
    return [
      html`<rect class="c${scale.classOf(avg - yearMean.avg)}" x="${index * columnWidth}" width="${columnWidth * 1.05}" height="100"/>`,
    ]
  })
  return {
    name: 'stripes',
    label: 'Warming stripes: each year coloured by its difference from the mean of the years shown',
    width: years.length * columnWidth,
    height: 100,
    plot: html`${drawn}`,
    columns: yearTicks(years),
    ...legend(scale, unit, `the mean of ${yearMean.years} ${yearMean.years === 1 ? 'year' : 'years'}`),
  }
}
