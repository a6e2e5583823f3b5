import { type MonthAverage, type MonthAverages, newestYear } from '../lib/results/month-averages.ts'
import { type MonthName, monthNames } from '../lib/weather/calendar.ts'
import { completeMonths, isComplete } from './climate.ts'
import { type Html, html } from './html.ts'
import { originOf } from './origin.ts'
import { plural } from './sentences.ts'
import { formatTemperature, scales, type Unit } from './unit.ts'

/** A month that was warmer, or colder, than all of its name before it. */
export type ClimateRecord = {
  kind: 'warmest' | 'coldest'
  name: MonthName
  now: MonthAverage
  before: MonthAverage
  /** Of how many complete months of that name, itself included. */
  of: number
}

// The first few years of any history break records all the time.
const rankedMin = 3
const shownMax = 6

/**
 * Finds the records as they fell, the latest first. Only complete months are ranked; one that equals a record has not
 * broken it.
 */
export function findRecords(averages: MonthAverages): ClimateRecord[] {
  const records = monthNames.flatMap((name) => {
    const months = completeMonths(averages, name)
    return [...fallen(name, months, 'warmest'), ...fallen(name, months, 'coldest')]
  })
  return records.sort((a, b) => (a.now.start < b.now.start ? 1 : -1))
}

function* fallen(
  name: MonthName,
  months: readonly MonthAverage[],
  kind: ClimateRecord['kind'],
): Generator<ClimateRecord> {
  let before = months[0]
  for (const [index, now] of months.entries()) {
    if (!before || !(kind === 'warmest' ? now.avg > before.avg : now.avg < before.avg)) continue
    if (index + 1 >= rankedMin) yield { kind, name, now, before, of: index + 1 }
    before = now
  }
}

/** Writes a record as `January 2024, 41.2 °F: the warmest of 34 Januaries; before it, 2006 with 40.8 °F`. */
export function recordText({ kind, name, now, before, of }: ClimateRecord, unit: Unit): string {
  const [is, was] = [now, before].map(({ avg }) => `${formatTemperature(avg, unit)} ${scales[unit].unit}`)
  return `${name} ${now.year}, ${is}: the ${kind} of ${of} ${plural(name)}; before it, ${before.year} with ${was}`
}

/** Lists the latest records of warmth and of cold, then the months that are not ranked yet. */
export function recordList(averages: MonthAverages, unit: Unit): Html {
  const records = findRecords(averages)
  const kinds = (['warmest', 'coldest'] as const).map((kind) => {
    const fallen = records.filter((record) => record.kind === kind)
    return html`<div><h3>${kind === 'warmest' ? 'Warmest' : 'Coldest'} months</h3>${latest(fallen, unit)}</div>`
  })
  return html`<div class="kinds">${kinds}</div>${unranked(averages, unit)}`
}

function latest(records: readonly ClimateRecord[], unit: Unit): Html {
  if (records.length === 0)
    return html`<p class="note">None yet: a record is a complete month that beats at least two others of its name.</p>`
  const more = records.length - shownMax
  const items = records.slice(0, shownMax).map((record) => listed(record, unit))
  return html`<ol class="records" role="list">${items}</ol>${more > 0 && html`<p class="note">And ${more} earlier records.</p>`}`
}

function listed(record: ClimateRecord, unit: Unit): Html {
  const origin = originOf(record.now, record.name)
  const [looks, mark] = record.kind === 'warmest' ? ['warm', '▲'] : ['cold', '▼']
  return html`<li class="${looks}" title="${origin}"><span aria-hidden="true">${mark}</span> ${recordText(record, unit)}</li>`
}

function unranked(averages: MonthAverages, unit: Unit): Html | undefined {
  const partial = monthNames.flatMap((name) => {
    const newest = newestYear(averages, name)
    return newest && !isComplete(newest, name) ? [{ name, newest }] : []
  })
  if (partial.length === 0) return undefined
  const items = partial.map(
    ({ name, newest }) =>
      html`<li title="${originOf(newest, name)}">${name} ${newest.year}: ${formatTemperature(newest.avg, unit)} ${scales[unit].unit} from ${newest.count} days, among ${completeMonths(averages, name).length} complete ${plural(name)}</li>`,
  )
  return html`<h3>Incomplete months, not ranked</h3><ul class="unranked" role="list">${items}</ul>`
}
