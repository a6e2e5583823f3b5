import { type MonthAverage, newestYear } from '../lib/results/month-averages.ts'
import { type MonthName, monthNames } from '../lib/weather/calendar.ts'
import type { Climate } from './climate.ts'
import { type Html, html } from './html.ts'
import {
  anomalyOf,
  isUncertain,
  missesFiveInARow,
  missingDays,
  missingDaysLimit,
  missingInARowLimit,
  type Normals,
} from './normals.ts'
import { originOf } from './origin.ts'
import { difference, formatTemperature, formatTenth, scales, type Unit } from './unit.ts'

const heads = ['Month', 'Normal', 'Years', 'Newest', 'Mean', 'Difference']

/** Draws each month's normal and how far the newest month lies from it; nothing when no normals were asked for. */
export function normalsTable(climate: Climate, unit: Unit): Html | undefined {
  const { normals } = climate
  if (!normals) return undefined
  const { yearCount, yearsMin } = normals
  const head = heads.map(
    (text) => html`<th scope="col"${text === 'Years' && html` class="years"`}>${text}</th>`,
  )
  const rows = monthNames.map((name) => row(climate, normals, name, unit))
  const caption = html`In ${scales[unit].unit}. A normal is the mean of at least ${yearsMin} of the ${yearCount} years; ${rule(climate, normals)}`
  return html`<table class="normals"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`
}

/** The rule by which months are left out: WMO's where it could be held. */
function rule({ averages }: Climate, normals: Normals): string {
  const limits = `a month with ${missingDaysLimit} or more days missing, or ${missingInARowLimit} in a row, does not count`
  const newest = monthNames.filter((name) => isNewestUncertain(averages, normals, name)).length
  const years = [...normals.byMonth.values()].reduce(
    (sum, { uncertainYears }) => sum + uncertainYears,
    newest,
  )
  if (years === 0) return `${limits} (WMO-No. 1203)`
  const [months, them] = years === 1 ? ['1 month', 'it counts'] : [`${years} months`, 'they count']
  return `${limits}. Of ${months} it is not known whether ${missingInARowLimit} in a row are missing: ${them} here, which WMO's rule might not allow; consumer.ts --rebuild finds out`
}

/** Whether the newest month of a name, where it is none of the period, has an anomaly that is not certain. */
function isNewestUncertain(averages: Climate['averages'], normals: Normals, name: MonthName): boolean {
  const newest = newestYear(averages, name)
  if (!newest || anomalyOf(normals, name, newest) === undefined) return false
  const { first, last } = normals.period
  return (newest.year < first || newest.year > last) && isUncertain(newest, name)
}

function row({ averages }: Climate, normals: Normals, name: MonthName, unit: Unit): Html {
  const { avg, years } = normals.byMonth.get(name)!
  const newest = newestYear(averages, name)
  const normal = avg === undefined ? '–' : formatTemperature(avg, unit)
  const months = newest
    ? html`<td>${newest.year}</td><td title="${originOf(newest, name)}">${formatTemperature(newest.avg, unit)}</td>`
    : html`<td>–</td><td>–</td>`
  return html`<tr><th scope="row">${name}</th><td>${normal}</td><td class="years">${years} of ${normals.yearCount}</td>${months}${anomalyCell(averages, normals, name, unit)}</tr>`
}

function anomalyCell(averages: Climate['averages'], normals: Normals, name: MonthName, unit: Unit): Html {
  const newest = newestYear(averages, name)
  const anomaly = newest && anomalyOf(normals, name, newest)
  if (anomaly === undefined) {
    const missing = newest && whatIsMissing(newest, name)
    return missing ? html`<td class="muted">${missing}</td>` : html`<td>–</td>`
  }
  const text = formatTenth(difference(anomaly, unit))
  const looks = text === '0.0' ? '' : anomaly > 0 ? 'warm' : 'cold'
  return html`<td class="${looks}">${text.startsWith('−') || text === '0.0' ? text : `+${text}`}</td>`
}

/** Why a month is left out; undefined when it is not. */
function whatIsMissing(average: MonthAverage, name: MonthName): string | undefined {
  const missing = missingDays(average, name)
  if (missing >= missingDaysLimit) return `${missing} days missing`
  return missesFiveInARow(average, name) ? `${missingInARowLimit} or more days in a row missing` : undefined
}
