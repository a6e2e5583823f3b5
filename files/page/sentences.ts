import { type MonthAverage, newestYear } from '../lib/results/month-averages.ts'
import { type MonthName, monthNames } from '../lib/weather/calendar.ts'
import { type Climate, completeMonths, daysOf, isComplete, meanOf } from './climate.ts'
import { type Html, html } from './html.ts'
import { anomalyOf } from './normals.ts'
import { evidencePath, originOf } from './origin.ts'
import { apartText, formatTemperature, scales, type Unit } from './unit.ts'

/** A month in a sentence, in parts, so that the number can stand out. */
type Sentence = { month: string; number: string; rest: string; origin: string; link: string }

/** Writes each month's newest year in a sentence, and names the months without data in a last one. */
export function sentences(climate: Climate, unit: Unit): Html {
  const absent = monthNames.filter((name) => !newestYear(climate.averages, name))
  if (absent.length === monthNames.length) return html``
  const items = monthNames.map((name) => item(climate, name, unit))
  const last = absent.length > 0 && html`<li class="absent">No data yet: ${inRanges(absent)}.</li>`
  return html`<ul class="sentences" role="list">${items}${last}</ul>`
}

/** A month's newest year as plain text, as in `January 2010 so far: 37.3 °F, 2.1 °F above the mean of 20 Januaries (12 of 31 days)`. */
export function sentenceText(climate: Climate, name: MonthName, unit: Unit): string {
  const sentence = sentenceOf(climate, name, unit)
  return sentence ? `${sentence.month}: ${sentence.number}${sentence.rest}` : `${name}: no data yet`
}

function item(climate: Climate, name: MonthName, unit: Unit): Html {
  const sentence = sentenceOf(climate, name, unit)
  if (!sentence) return html``
  const { month, number, rest, origin, link } = sentence
  const id = `origin-${name}`
  return html`<li><b>${month}</b>: <span class="told"><a class="number" id="number-${name}" href="${link}" aria-describedby="${id}">${number}</a><span class="origin" role="tooltip" id="${id}">${origin}</span></span>${rest}</li>`
}

function sentenceOf(climate: Climate, name: MonthName, unit: Unit): Sentence | undefined {
  const newest = newestYear(climate.averages, name)
  if (!newest) return undefined
  const isPartial = !isComplete(newest, name)
  return {
    month: `${name} ${newest.year}${isPartial ? ' so far' : ''}`,
    number: `${formatTemperature(newest.avg, unit)} ${scales[unit].unit}`,
    rest: `, ${comparison(climate, name, newest, unit)}${isPartial ? ` (${newest.count} of ${daysOf(newest.year, name)} days)` : ''}`,
    origin: originOf(newest, name),
    link: evidencePath(name, newest.year),
  }
}

/**
 * Against its normal, where there is one; or else against the complete months of the other years: the month is then not
 * part of what it is held against.
 */
export function comparison(
  { averages, normals }: Climate,
  name: MonthName,
  month: MonthAverage,
  unit: Unit,
): string {
  const anomaly = normals && anomalyOf(normals, name, month)
  if (anomaly !== undefined) return `${apartText(anomaly, unit)} normal`
  const mean = meanOf(completeMonths(averages, name).filter(({ year }) => year !== month.year))
  if (!mean) return `the only ${name} so far`
  return `${apartText(month.avg - mean.avg, unit)} the mean of ${mean.years} ${mean.years === 1 ? name : plural(name)}`
}

/** Several months of a name: Januaries, Marches, Mays. */
export function plural(name: MonthName): string {
  if (name.endsWith('ary')) return `${name.slice(0, -1)}ies`
  return name.endsWith('ch') ? `${name}es` : `${name}s`
}

/** Months that follow each other as a range: `April to June, August`. */
function inRanges(names: readonly MonthName[]): string {
  const ranges: MonthName[][] = []
  for (const name of names) {
    const before = ranges.at(-1)
    if (before && monthNames.indexOf(before.at(-1)!) === monthNames.indexOf(name) - 1) before.push(name)
    else ranges.push([name])
  }
  return ranges.map((range) => (range.length === 1 ? range[0]! : `${range[0]} to ${range.at(-1)}`)).join(', ')
}
