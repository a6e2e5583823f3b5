import { type MonthAverage, newestYear } from '../lib/results/month-averages.ts'
import { type MonthName, monthNames } from '../lib/weather/calendar.ts'
import { spanOf } from '../lib/weather/source.ts'
import { type Climate, completeMonths, daysOf, isComplete, meanOf } from './climate.ts'
import { type Html, html } from './html.ts'
import { anomalyOf } from './normals.ts'
import { originOf } from './origin.ts'
import { difference, formatTemperature, formatTenth, scales, type Unit } from './unit.ts'

/** A month in a sentence, in parts, so that the number can stand out. */
type Sentence = { month: string; number: string; rest: string; origin: string }

/** Writes January to March large, for they are the ones of month.svg. */
export function firstSentences(climate: Climate, unit: Unit): Html {
  const items = monthNames.slice(0, 3).map((name) => item(climate, name, unit))
  return html`<ul class="sentences first" role="list">${items}</ul>`
}

/** Writes the other nine months. */
export function otherSentences(climate: Climate, unit: Unit): Html {
  const items = monthNames.slice(3).map((name) => item(climate, name, unit))
  return html`<ul class="sentences" role="list">${items}</ul>`
}

/** A month's newest year as plain text, as in `January 2010 so far: 37.3 °F, 2.1 above its own mean of 20 Januaries, 12 of 31 days`. */
export function sentenceText(climate: Climate, name: MonthName, unit: Unit): string {
  const sentence = sentenceOf(climate, name, unit)
  return sentence ? `${sentence.month}: ${sentence.number}${sentence.rest}` : `${name}: no data yet`
}

function item(climate: Climate, name: MonthName, unit: Unit): Html {
  const sentence = sentenceOf(climate, name, unit)
  if (!sentence) return html`<li class="absent"><b>${name}</b>: no data yet</li>`
  const { month, number, rest, origin } = sentence
  const id = `origin-${name}`
  return html`<li><b>${month}</b>: <span class="number" id="number-${name}" tabindex="0" aria-describedby="${id}">${number}<span class="origin" role="tooltip" id="${id}">${origin}</span></span>${rest}</li>`
}

function sentenceOf(climate: Climate, name: MonthName, unit: Unit): Sentence | undefined {
  const newest = newestYear(climate.averages, name)
  if (!newest) return undefined
  const days = daysOf(newest.year, name)
  const isPartial = !isComplete(newest, name)
  const soFar = isPartial ? ' so far' : ''
  const ofDays = isPartial ? `, ${newest.count} of ${days} days` : ''
  return {
    month: `${name} ${newest.year}${soFar}`,
    number: `${formatTemperature(newest.avg, unit)} ${scales[unit].unit}`,
    rest: `, ${comparison(climate, name, newest, unit)}${ofDays}`,
    origin: originOf(newest, name),
  }
}

/**
 * Against its normal, where there is one; or else against the complete months of the other years: the newest is then not
 * part of what it is held against.
 */
function comparison(
  { averages, normals }: Climate,
  name: MonthName,
  newest: MonthAverage,
  unit: Unit,
): string {
  const anomaly = normals && anomalyOf(normals, name, newest)
  if (anomaly !== undefined) return `${apartText(anomaly, unit)} its normal of ${spanOf(normals!.period)}`
  const mean = meanOf(completeMonths(averages, name).filter(({ year }) => year !== newest.year))
  if (!mean) return `the only ${name} so far`
  const side = apartText(newest.avg - mean.avg, unit)
  return `${side} its own mean of ${mean.years} ${mean.years === 1 ? name : plural(name)}`
}

function apartText(degrees: number, unit: Unit): string {
  const apart = difference(degrees, unit)
  const text = formatTenth(Math.abs(apart))
  return text === '0.0' ? 'equal to' : `${text} ${apart > 0 ? 'above' : 'below'}`
}

/** Several months of a name: Januaries, Marches, Mays. */
export function plural(name: MonthName): string {
  if (name.endsWith('ary')) return `${name.slice(0, -1)}ies`
  return name.endsWith('ch') ? `${name}es` : `${name}s`
}
