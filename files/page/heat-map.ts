import { monthNames } from '../lib/weather/calendar.ts'
import { type Climate, isComplete } from './climate.ts'
import { classCount, legend, makeColourScale } from './colours.ts'
import { type Html, html, trusted } from './html.ts'
import type { Unit } from './unit.ts'
import { plotAttributes, width, yearTicks } from './year-axis.ts'

const rowHeight = 20
const top = 4
const height = top + 12 * rowHeight + 26
const left = 44

/**
 * Draws months by years, each coloured by how far it lies from its own mean of all years; a dot marks a month that misses days.
 *
 * One path for each colour rather than one rectangle for each month: 1,800 of them change while a reader looks.
 */
export function heatMap(climate: Climate, unit: Unit): Html {
  const cells = cellsOf(climate)
  const scale = makeColourScale(
    cells.map(({ apart }) => apart),
    unit,
  )
  const cellWidth = (width - left) / Math.max(climate.years.length, 1)
  const paths: string[] = new Array(classCount).fill('')
  const dots: string[] = []
  for (const { column, row, apart, isPartial } of cells) {
    const [x, y] = [round(left + column * cellWidth), top + row * rowHeight]
    paths[scale.classOf(apart)] += `M${x} ${y}h${round(cellWidth)}v${rowHeight}h-${round(cellWidth)}z`
    if (isPartial) {
      const radius = round(Math.min(cellWidth / 3, 3))
      dots.push(`<circle cx="${round(x + cellWidth / 2)}" cy="${y + rowHeight / 2}" r="${radius}"/>`)
    }
  }
  const names = monthNames.map(
    (name, row) =>
      html`<text class="month" x="${left - 8}" y="${top + row * rowHeight + 14}">${name.slice(0, 3)}</text>`,
  )
  const drawn = paths.map((path, index) => (path ? html`<path class="c${index}" d="${path}"/>` : html``))
  const box = { left, top, right: width, bottom: top + 12 * rowHeight }
  const title = 'Months by years, coloured by the difference from each month’s own mean'
  return html`<svg id="plot-heat" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" ${plotAttributes('heat', box)}>${names}${drawn}<g class="dots">${trusted(dots.join(''))}</g>${yearTicks(climate.years, box)}<rect class="cursor"/></svg>${legend(scale, unit, 'the month’s own mean; a dot: days are missing')}`
}

function cellsOf({ averages, years, means }: Climate) {
  return monthNames.flatMap((name, row) => {
    const table = averages.get(name)
    if (!table) return []
    return years.flatMap((year, column) => {
      const average = table.get(year)
      // A month that is not complete in any year is held against nothing.
      if (!average) return []
      const apart = average.avg - (means.get(name)?.avg ?? average.avg)
      return [{ column, row, apart, isPartial: !isComplete(average, name) }]
    })
  })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
