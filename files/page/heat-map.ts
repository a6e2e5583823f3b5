import { monthNames } from '../lib/weather/calendar.ts'
import { type Chart, percent, yearTicks } from './chart-frame.ts'
import { type Climate, isComplete } from './climate.ts'
import { classCount, legend, makeColourScale } from './colours.ts'
import { html } from './html.ts'
import type { Unit } from './unit.ts'

const [cellWidth, cellHeight] = [10, 20]

/**
 * Draws months by years, each coloured by how far it lies from its own mean of all years; a dot marks a month that misses days.
 *
 * One path for each colour rather than one rectangle for each month: 1,800 of them change while a reader looks.
 *
 * @returns undefined when there is nothing to draw
 */
export function heatMap(climate: Climate, unit: Unit): Chart | undefined {
  const cells = cellsOf(climate)
  if (cells.length === 0) return undefined
  const scale = makeColourScale(
    cells.map(({ apart }) => apart),
    unit,
  )
  const paths: string[] = new Array(classCount).fill('')
  let dots = ''
  for (const { column, row, apart, isPartial } of cells) {
    const [x, y] = [column * cellWidth, row * cellHeight]
    paths[scale.classOf(apart)] += `M${x} ${y}h${cellWidth}v${cellHeight}h-${cellWidth}z`
    if (isPartial) dots += `M${x + cellWidth / 2} ${y + cellHeight / 2}h0`
  }
  const cellsDrawn = paths.map((path, index) =>
    path ? html`<path class="cell c${index}" d="${path}"/>` : html``,
  )
  return {
    name: 'heat',
    label: 'Months by years, coloured by the difference from each month’s own mean',
    width: climate.years.length * cellWidth,
    height: 12 * cellHeight,
    plot: html`${cellsDrawn}${dots && html`<path class="dots" d="${dots}"/>`}`,
    rows: html`${monthNames.map((name, row) => html`<text y="${percent((row + 0.5) / 12)}" dy="4">${name.slice(0, 3)}</text>`)}`,
    columns: yearTicks(climate.years),
    ...legend(scale, unit, 'the month’s own mean of all years; a dot: days are missing'),
  }
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
