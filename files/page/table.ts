import type { MonthAverage } from '../lib/results/month-averages.ts'
import { monthNames } from '../lib/weather/calendar.ts'
import { type Climate, isComplete } from './climate.ts'
import { type Html, html } from './html.ts'
import { daysOrigin, fileOrigin } from './origin.ts'
import { formatTemperature, type Unit } from './unit.ts'

/**
 * The head of the table: it has what the numbers of a column have in common, their partition, file and offset, so that
 * the numbers themselves need not be sent again for each record that is counted.
 */
export function tableHead(climate: Climate): Html {
  const heads = monthNames.map((name) => {
    const files = filesOf(climate, name)
    return html`<th scope="col"${files.length > 0 && html` title="${files.join(' and ')}"`}><abbr title="${name}">${name.slice(0, 3)}</abbr></th>`
  })
  return html`<tr><th scope="col">Year</th>${heads}<th scope="col" title="mean of the days counted, from all partition files">Year’s mean</th></tr>`
}

/** The rows of the table by decade, the newest first; each decade is sent again only when it changes. */
export function tableBodies(climate: Climate, unit: Unit): { decade: number; rows: Html }[] {
  const decades = Map.groupBy(climate.years.toReversed(), (year) => Math.floor(year / 10) * 10)
  return [...decades].map(([decade, years]) => ({
    decade,
    rows: html`${years.map((year) => row(climate, year, unit))}`,
  }))
}

function row(climate: Climate, year: number, unit: Unit): Html {
  const cells = monthNames.map((name) => {
    const average = climate.averages.get(name)?.get(year)
    if (!average) return html`<td></td>`
    const partial = !isComplete(average, name) && html` class="partial"`
    return html`<td${partial} title="${daysOrigin(average, name)}">${formatTemperature(average.avg, unit)}</td>`
  })
  const { avg, count, isComplete: isWhole } = climate.yearAverages.get(year)!
  const partial = !isWhole && html` class="partial"`
  return html`<tr id="y${year}"><th scope="row"><a href="#y${year}">${year}</a></th>${cells}<td${partial} title="${count} days counted">${formatTemperature(avg, unit)}</td></tr>`
}

function filesOf(climate: Climate, name: (typeof monthNames)[number]): string[] {
  const table = climate.averages.get(name)
  const origins = new Map<number, MonthAverage>()
  for (const year of climate.years) {
    const average = table?.get(year)
    if (average) origins.set(average.partition, average)
  }
  return [...origins.values()].map(fileOrigin)
}
