import type { MonthAverage } from '../lib/results/month-averages.ts'
import { type MonthName, monthNames } from '../lib/weather/calendar.ts'
import { type Climate, isComplete, type MonthMean } from './climate.ts'
import { type Html, html } from './html.ts'
import { daysOrigin, fileOrigin } from './origin.ts'
import { plural } from './sentences.ts'
import { formatTemperature, scales, type Unit } from './unit.ts'

/**
 * The head of the table: it has what the numbers of a column have in common, their file and the mean that the charts hold
 * them against, so that the numbers themselves need not be sent again when that mean changes.
 */
export function tableHead(climate: Climate, unit: Unit): Html {
  const heads = monthNames.map((name) => {
    const mean = climate.means.get(name)
    const files = filesOf(climate, name).join(' and ')
    const what =
      mean && (mean.years === 1 ? `the only complete ${name}` : `${mean.years} complete ${plural(name)}`)
    return html`<th scope="col" data-origin="${files}" ${base(mean, what, unit)}><abbr title="${name}">${name.slice(0, 3)}</abbr></th>`
  })
  const { yearMean } = climate
  const what = yearMean && `${yearMean.years} ${yearMean.years === 1 ? 'year' : 'years'}`
  return html`<tr><th scope="col">Year</th>${heads}<th scope="col" data-origin="all partition files" ${base(yearMean, what, unit)}>Year</th></tr>`
}

function base(mean: MonthMean | undefined, what: string | undefined, unit: Unit): Html {
  if (!mean) return html``
  const text = `the mean of ${what}, ${formatTemperature(mean.avg, unit)} ${scales[unit].unit}`
  return html`data-mean="${exact(mean.avg, unit)}" data-base="${text}"`
}

/** The rows of the table by decade, the newest first; each decade is sent again only when it changes. */
export function tableBodies(climate: Climate, unit: Unit): { decade: number; rows: Html }[] {
  const decades = Map.groupBy(climate.years.toReversed(), (year) => Math.floor(year / 10) * 10)
  return [...decades].map(([decade, years]) => ({
    decade,
    rows: html`${years.map((year) => row(climate, year, unit))}`,
  }))
}

/** A year has a mean of its own only when it has all its months: four of them would tell of the season. */
function row(climate: Climate, year: number, unit: Unit): Html {
  const cells = monthNames.map((name) => {
    const average = climate.averages.get(name)?.get(year)
    if (!average) return html`<td></td>`
    return cell(average.avg, isComplete(average, name), daysOrigin(average, name), unit)
  })
  const { avg, count, isComplete: isWhole, hasAllMonths } = climate.yearAverages.get(year)!
  const mean = hasAllMonths ? cell(avg, isWhole, `${count} days counted`, unit) : html`<td></td>`
  return html`<tr id="y${year}"><th scope="row"><a href="#y${year}" tabindex="-1">${year}</a></th>${cells}${mean}</tr>`
}

function cell(degrees: number, isWhole: boolean, origin: string, unit: Unit): Html {
  return html`<td${!isWhole && html` class="partial"`} title="${origin}" data-exact="${exact(degrees, unit)}">${formatTemperature(degrees, unit)}</td>`
}

/** Exact enough to take a difference of, in the unit shown. */
function exact(degrees: number, unit: Unit): string {
  return String(Number(scales[unit].fromFahrenheit(degrees).toFixed(9)))
}

function filesOf(climate: Climate, name: MonthName): string[] {
  const table = climate.averages.get(name)
  const origins = new Map<number, MonthAverage>()
  for (const year of climate.years) {
    const average = table?.get(year)
    if (average) origins.set(average.partition, average)
  }
  return [...origins.values()].map(fileOrigin)
}
