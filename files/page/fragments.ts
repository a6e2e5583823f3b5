import type { ChaosStatus } from '../lib/results/chaos-status.ts'
import type { ProofStatus } from '../lib/results/proof-status.ts'
import { type Chart, figure, yearsNote } from './chart-frame.ts'
import type { Climate } from './climate.ts'
import { formatCount } from './format-count.ts'
import { heading, pageTitle, sourceLine } from './heading.ts'
import { heatMap } from './heat-map.ts'
import { type Html, html } from './html.ts'
import { inlineChart } from './inline-chart.ts'
import { beginning, latestMonth, spokenText } from './latest.ts'
import { normalsTable } from './normals-table.ts'
import { proofLine } from './proof-line.ts'
import type { Reading } from './readings.ts'
import { recordList } from './records.ts'
import { sentences } from './sentences.ts'
import { isWorking, stateWord } from './state-word.ts'
import { statusStrip } from './status-strip.ts'
import { stripes } from './stripes.ts'
import { tableBodies, tableHead } from './table.ts'
import type { Unit } from './unit.ts'
import { yearLines } from './year-lines.ts'

/** The markup inside the page's elements by their ids: what can change while a reader looks. */
export type Fragments = Map<string, string>

/** Renders what follows from the partition files. */
export function statsFragments(climate: Climate, unit: Unit): Fragments {
  const fragments: Record<string, Html | undefined> = {
    title: pageTitle(climate),
    heading: heading(climate),
    source: sourceLine(climate, unit),
    latest: latestMonth(climate, unit),
    years: yearsNote(climate.yearsInAll, climate.years),
    ...chartParts('stripes', stripes(climate, unit)),
    ...chartParts('heat-map', heatMap(climate, unit)),
    ...chartParts('year-lines', yearLines(climate, unit)),
    sentences: sentences(climate, unit),
    chart: climate.latest && inlineChart(climate, unit),
    normals: normalsTable(climate, unit),
    records: climate.latest && recordList(climate.averages, unit),
    'table-head': climate.latest && tableHead(climate, unit),
    'travel-days': climate.days && html`${climate.days.first} ${climate.days.last}`,
    spoken: html`${spokenText(climate, unit)}`,
  }
  for (const { decade, rows } of tableBodies(climate, unit)) fragments[`table-${decade}`] = rows
  return new Map(Object.entries(fragments).map(([name, part]) => [name, part?.markup ?? '']))
}

function chartParts(name: string, chart: Chart | undefined): Record<string, Html | undefined> {
  return { [name]: chart && figure(chart), [`${name}-legend`]: chart?.legend }
}

/** What is known besides, if it is. */
export type StatusNotes = {
  chaos?: ChaosStatus | undefined
  proof?: ProofStatus | undefined
  /** Why the log cannot be read. */
  logAbsence?: string | undefined
}

/** Renders what follows from the status files and the time. */
export function statusFragments(
  readings: readonly Reading[],
  climate: Climate,
  now: number,
  { chaos, proof, logAbsence }: StatusNotes = {},
): Fragments {
  const parts = {
    proof: proofLine(proof, now),
    'log-absence': logAbsence
      ? html`<p class="note">Time travel, and the records behind the numbers, need the log: ${logAbsence}.</p>`
      : html``,
    beginning: beginning(readings, climate, now),
    progress: progress(readings, now, chaos),
    strip: statusStrip(readings, now, chaos),
  }
  return new Map(Object.entries(parts).map(([name, { markup }]) => [name, markup]))
}

/** The consumers' progress in a line; live.js opens what is folded below it when all is no longer well. */
function progress(readings: readonly Reading[], now: number, chaos?: ChaosStatus): Html {
  const states = readings.map((reading) => stateWord(reading, now))
  const words = Map.groupBy(states, (state) => state.words.split(',')[0]!)
  const counts = [...words].map(([word, { length }]) =>
    length === readings.length ? `all ${length} partitions: ${word}` : `${length} ${word}`,
  )
  const days = readings.reduce((sum, { counted }) => sum + counted, 0)
  const isWell = states.every(isWorking) && !readings.some(({ problem }) => problem) && !chaos?.difference
  return html`<span data-well="${String(isWell)}">${counts.join(', ')}; ${formatCount(days)} days counted</span>`
}
