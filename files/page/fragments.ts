import type { ChaosStatus } from '../lib/results/chaos-status.ts'
import { monthNames } from '../lib/weather/calendar.ts'
import type { Climate } from './climate.ts'
import { formatCount } from './format-count.ts'
import { heading, pageTitle, sourceLine } from './heading.ts'
import { heatMap } from './heat-map.ts'
import { type Html, html } from './html.ts'
import { inlineChart } from './inline-chart.ts'
import { normalsTable } from './normals-table.ts'
import type { Reading } from './readings.ts'
import { recordList } from './records.ts'
import { firstSentences, otherSentences, sentenceText } from './sentences.ts'
import { stateWord } from './state-word.ts'
import { statusStrip } from './status-strip.ts'
import { stripes } from './stripes.ts'
import { tableBodies, tableHead } from './table.ts'
import type { Unit } from './unit.ts'
import { yearsNote } from './year-axis.ts'
import { yearLines } from './year-lines.ts'

/** The markup inside the page's elements by their ids: what can change while a reader looks. */
export type Fragments = Map<string, string>

/** Renders what follows from the partition files. */
export function statsFragments(climate: Climate, unit: Unit): Fragments {
  const fragments: Record<string, Html | undefined> = {
    title: pageTitle(climate),
    heading: heading(climate),
    source: sourceLine(climate, unit),
    normals: normalsTable(climate, unit),
    sentences: firstSentences(climate, unit),
    'other-sentences': otherSentences(climate, unit),
    chart: inlineChart(climate, unit),
    years: yearsNote(climate.yearsInAll, climate.years),
    'heat-map': heatMap(climate, unit),
    'year-lines': yearLines(climate, unit),
    stripes: stripes(climate, unit),
    records: recordList(climate.averages, unit),
    'table-head': tableHead(climate),
    spoken: html`${monthNames.slice(0, 3).map((name) => html`${sentenceText(climate, name, unit)}. `)}`,
  }
  for (const { decade, rows } of tableBodies(climate, unit)) fragments[`table-${decade}`] = rows
  return new Map(Object.entries(fragments).map(([name, part]) => [name, part?.markup ?? '']))
}

/** Renders what follows from the status files and the time. */
export function statusFragments(
  readings: readonly Reading[],
  climate: Climate,
  now: number,
  chaos?: ChaosStatus,
): Fragments {
  const parts = { summary: summary(readings, climate, now), strip: statusStrip(readings, now, chaos) }
  return new Map(Object.entries(parts).map(([name, { markup }]) => [name, markup]))
}

function summary(readings: readonly Reading[], { years, yearsInAll }: Climate, now: number): Html {
  const words = Map.groupBy(readings, (reading) => stateWord(reading, now).words.split(',')[0]!)
  const states = [...words].map(([word, { length }]) =>
    length === readings.length ? `all ${length} partitions ${word}` : `${length} ${word}`,
  )
  const days = formatCount(readings.reduce((sum, { counted }) => sum + counted, 0))
  const span =
    years.length > 0
      ? `, ${formatCount(yearsInAll)} ${yearsInAll === 1 ? 'year' : 'years'} up to ${years.at(-1)}`
      : ''
  return html`${days} days counted${span}; ${states.join(', ')}.`
}
