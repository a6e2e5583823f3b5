import {
  type Climate,
  completeMonths,
  daysOf,
  isComplete,
  latestComplete,
  type NamedMonth,
  type YearAverage,
} from './climate.ts'
import { formatDuration } from './duration.ts'
import { type Html, html } from './html.ts'
import { evidencePath } from './origin.ts'
import type { Reading } from './readings.ts'
import { comparison, plural } from './sentences.ts'
import { isWorking, stateWord } from './state-word.ts'
import { formatTemperature, scales, type Unit } from './unit.ts'

// The first few years of any history are the warmest or the coldest.
const rankedMin = 10
const ranksShown = 5

/** Writes the newest month large, and below it the newest complete one, if that is another. */
export function latestMonth(climate: Climate, unit: Unit): Html {
  const { latest } = climate
  if (!latest) return html`<p class="latest">Nothing has been counted yet.</p>`
  const complete = latestComplete(climate)
  const before = complete && complete.average !== latest.average ? complete : undefined
  return html`<p class="latest">${monthSentence(climate, latest, unit)}</p>${before && html`<p class="before">${monthSentence(climate, before, unit)}</p>`}`
}

/** A month as plain text: `February 2018, 49.6 °F: the warmest of 150 Februaries`. */
export function latestText(climate: Climate, month: NamedMonth, unit: Unit): string {
  return `${labelOf(month)}, ${numberOf(month, unit)}: ${describe(climate, month, unit)}`
}

function monthSentence(climate: Climate, month: NamedMonth, unit: Unit): Html {
  const link = evidencePath(month.name, month.average.year)
  return html`<b>${labelOf(month)}</b>, <a class="number" href="${link}">${numberOf(month, unit)}</a>: ${describe(climate, month, unit)}`
}

function labelOf({ name, average }: NamedMonth): string {
  return `${name} ${average.year}${isComplete(average, name) ? '' : ' so far'}`
}

function numberOf({ average }: NamedMonth, unit: Unit): string {
  return `${formatTemperature(average.avg, unit)} ${scales[unit].unit}`
}

function describe(climate: Climate, { name, average }: NamedMonth, unit: Unit): string {
  const against = comparison(climate, name, average, unit)
  if (!isComplete(average, name))
    return `${against}, from ${average.count} of ${daysOf(average.year, name)} days`
  const rank = rankOf(
    completeMonths(climate.averages, name).map(({ avg }) => avg),
    average.avg,
  )
  return rank ? `the ${rank} ${plural(name)}` : against
}

/**
 * Ranks a value among those of its kind: `warmest of 150`, `3rd coldest of 150`; undefined for one in between, and where
 * there are fewer than ten.
 */
export function rankOf(values: readonly number[], value: number): string | undefined {
  if (values.length < rankedMin) return undefined
  const shared = values.filter((other) => other === value).length > 1 ? ', shared,' : ''
  for (const [word, isBeyond] of [
    ['warmest', (other: number) => other > value],
    ['coldest', (other: number) => other < value],
  ] as const) {
    const rank = values.filter(isBeyond).length + 1
    if (rank <= ranksShown) return `${ordinals[rank - 1]}${word}${shared} of ${values.length}`
  }
  return undefined
}

const ordinals = ['', '2nd ', '3rd ', '4th ', '5th ']

/** Says, until a year has all its months, when the first one will: the charts begin with it. */
export function beginning(readings: readonly Reading[], climate: Climate, now: number): Html {
  const { latest, yearMean, yearsInAll } = climate
  if (yearMean || yearsInAll > 1) return html``
  if (!latest) return html`<p class="note">This page fills by itself as days are counted.</p>`
  const working = readings.filter((reading) => isWorking(stateWord(reading, now)))
  const daysPerSecond = working.reduce((sum, { status }) => sum + (status?.rate ?? 0), 0)
  const left = daysToCompleteYear(climate, [...climate.yearAverages.values()][0]!)
  if (left === undefined) return html``
  const when =
    daysPerSecond > 0
      ? `in about ${formatDuration((left / daysPerSecond) * 1000)}`
      : `after ${left} more days`
  return html`<p class="note">First complete year ${when}.</p>`
}

/** How many days are still to come of the only year; undefined when it began after 11 January and never has all months. */
function daysToCompleteYear({ averages, latest }: Climate, { year }: YearAverage): number | undefined {
  const january = averages.get('January')?.get(year)
  if (!january || january.start > `${String(year).padStart(4, '0')}-01-11`) return undefined
  const day = 24 * 60 * 60 * 1000
  return Math.max((new Date(0).setUTCFullYear(year, 11, 31) - Date.parse(latest!.average.end)) / day, 1)
}

/** What is told to those who listen rather than look: the newest month. */
export function spokenText(climate: Climate, unit: Unit): string {
  return climate.latest ? `${latestText(climate, climate.latest, unit)}.` : ''
}
