import { newestYear } from '../lib/results/month-averages.ts'
import { type MonthName, monthNames } from '../lib/weather/calendar.ts'
import type { Climate } from './climate.ts'
import { type Html, html } from './html.ts'
import { anomalyOf, missingDays, missingDaysMax, type Normals } from './normals.ts'
import { originOf } from './origin.ts'
import { difference, formatTemperature, formatTenth, scales, type Unit } from './unit.ts'

const heads = ['Month', 'Normal', 'Of years', 'Newest year', 'Its mean', 'Anomaly']

/** Draws each month's normal and how far the newest month lies from it; nothing when no normals were asked for. */
export function normalsTable(climate: Climate, unit: Unit): Html | undefined {
  const { normals } = climate
  if (!normals) return undefined
  const { period, yearCount, yearsMin } = normals
  const head = heads.map((text) => html`<th scope="col">${text}</th>`)
  const rows = monthNames.map((name) => row(climate, normals, name, unit))
  const caption = html`Means of ${period.first} to ${period.last} in ${scales[unit].unit}, of at least ${yearsMin} of the ${yearCount} years; a month with more than ${missingDaysMax} days missing does not count (WMO-No. 1203)`
  return html`<table class="normals"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`
}

function row({ averages }: Climate, normals: Normals, name: MonthName, unit: Unit): Html {
  const { avg, years } = normals.byMonth.get(name)!
  const newest = newestYear(averages, name)
  const normal = avg === undefined ? '–' : formatTemperature(avg, unit)
  const months = newest
    ? html`<td>${newest.year}</td><td title="${originOf(newest, name)}">${formatTemperature(newest.avg, unit)}</td>`
    : html`<td>–</td><td>–</td>`
  return html`<tr><th scope="row">${name}</th><td>${normal}</td><td>${years} of ${normals.yearCount}</td>${months}${anomalyCell(averages, normals, name, unit)}</tr>`
}

function anomalyCell(averages: Climate['averages'], normals: Normals, name: MonthName, unit: Unit): Html {
  const newest = newestYear(averages, name)
  const anomaly = newest && anomalyOf(normals, name, newest)
  if (anomaly === undefined) {
    const missing = newest ? missingDays(newest, name) : 0
    return missing > missingDaysMax ? html`<td class="muted">${missing} days missing</td>` : html`<td>–</td>`
  }
  const text = formatTenth(difference(anomaly, unit))
  const looks = text === '0.0' ? '' : anomaly > 0 ? 'warm' : 'cold'
  return html`<td class="${looks}">${text.startsWith('−') || text === '0.0' ? text : `+${text}`}</td>`
}
