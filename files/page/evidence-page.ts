import { figure } from './chart-frame.ts'
import { daysChart } from './days-chart.ts'
import type { Evidence } from './evidence.ts'
import { formatCount } from './format-count.ts'
import { type Html, html } from './html.ts'
import { renderSmallPage } from './small-page.ts'
import { formatTemperature, scales, type Unit } from './unit.ts'

const words = {
  counted: 'counted',
  duplicate: 'duplicate, not counted',
  late: 'late, not counted',
} as const

/** Renders a number with the days and the records behind it. */
export function renderEvidence(evidence: Evidence, unit: Unit): string {
  const { month, year, file, partition } = evidence
  const { unit: shown } = scales[unit]
  const chart = daysChart(evidence.records, evidence.dayRecords, { name: month, year, unit })
  const title = `${month} ${year}: ${formatTemperature(file.avg, unit)} ${shown}`
  const days = chart && html`<section><h2>Its days</h2>${figure(chart)}${chart.legend}</section>`
  return renderSmallPage(
    title,
    html`<section><h2>What it is made of</h2><p class="${evidence.agrees ? 'proof agree' : 'proof differ'}">${verdict(evidence)}</p><p class="note">${tally(evidence)} The file partition-${partition}.json counts the log of partition ${partition} up to offset ${formatCount(file.offset)}.</p></section>${days}<section><h2>Its records</h2>${recordTable(evidence, unit)}</section>`,
    unit,
    '../../',
  )
}

/** Renders a page that says why it has nothing to show. */
export function renderAbsence(title: string, reason: string, root: string): string {
  return renderSmallPage(title, html`<section><p>${reason}</p></section>`, undefined, root)
}

function verdict({ agrees, log, file, partition }: Evidence): string {
  if (agrees)
    return `✓ ${file.count} days in the log have the sum ${file.sum} °F and the mean ${file.avg} °F, as in partition-${partition}.json.`
  const counted = log ? `${log.count} days with the sum ${log.sum} °F` : 'no day'
  return `The file differs from the log: partition-${partition}.json has ${file.count} days with the sum ${file.sum} °F, the log ${counted}.`
}

function tally({ records, recordsInAll }: Evidence): string {
  const many = (kind: keyof typeof words) => records.filter((record) => record.kind === kind).length
  const ofFirst = recordsInAll > records.length ? `Of the first ${formatCount(records.length)}: ` : ''
  const duplicates = many('duplicate')
  const kinds = `${many('counted')} counted, ${duplicates} ${duplicates === 1 ? 'duplicate' : 'duplicates'}, ${many('late')} late`
  return `The log has ${formatCount(recordsInAll)} records of this month. ${ofFirst}${kinds}.`
}

function recordTable({ records, dayRecords }: Evidence, unit: Unit): Html {
  const heads = ['Offset', 'Date', scales[unit].unit, 'What it is', 'Highest of that day']
  const rows = records.map(({ offset, date, degrees, kind }) => {
    const highest = dayRecords[Number(date.slice(8))]
    const record = highest ? `${formatTemperature(highest.degrees, unit)} (${highest.year})` : '–'
    return html`<tr class="${kind}"><td>${formatCount(offset)}</td><td>${date}</td><td>${formatTemperature(degrees, unit)}</td><td>${words[kind]}</td><td>${record}</td></tr>`
  })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Records"><table class="evidence"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}
