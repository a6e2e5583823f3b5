import * as Plot from '@observablehq/plot'
// The bundled build of linkedom: half the start-up time of its module tree.
import { parseHTML } from 'linkedom/worker'
import { formatNumber } from '../core/format-number.ts'
import { chartStyle } from './chart-style.ts'

/** A bar of a chart: its height in `value`, or what to say in its place. */
export type Bar = {
  /** Plain text under the bar; tells the bars apart, so no two are the same. */
  label: string
  /** In the unit of the axis; undefined draws `absent` where the bar would stand. */
  value: number | undefined
  /** A line under the label, such as `12 of 31 days`; a bar with a note is drawn paler, with a dashed outline. */
  note?: string
  /** What to say without a value, a line each: the reason, then the command that helps. */
  absent?: readonly [reason: string, command: string]
}

/** What a chart says around its bars. `unit` follows each value, as in `37.3 °F`; `source` says whose data it is. */
export type BarChartTexts = { title: string; source?: string; subtitle: string; yLabel: string; unit: string }

const width = 720
const height = 440
const margins = { marginRight: 28, marginBottom: 64, marginLeft: 72 }
const lineHeight = 22
// From the frame, which begins below the margin and beside it, to the card's corner.
const heading = { frameAnchor: 'top-left', dx: 24 - margins.marginLeft } as const
const note = { frameAnchor: 'bottom', dy: 42, fontSize: 12, className: 'muted' } as const

/**
 * Draws bars from zero as a standalone SVG document, the same bytes for the same bars.
 *
 * It has no script, no external font and no identifiers, so that it may stand in a page as an image or inline, also
 * more than once. The y label and the bars' labels are the plain text of one `<text>` each.
 */
export function drawBarChart(bars: readonly Bar[], texts: BarChartTexts): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const svg = Plot.plot({
    document,
    className: 'chart',
    width,
    height,
    ...margins,
    marginTop: topOf(texts),
    x: { type: 'band', domain: bars.map(({ label }) => label), padding: 0.35, label: null },
    y: { ...valueDomain(bars), nice: true },
    marks: [...axes(bars, texts), ...columns(bars, texts.unit), ...gaps(bars), ...headings(texts)],
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  svg.setAttribute('role', 'img')
  const whose = texts.source ? `${texts.source}. ` : ''
  const spoken = `${texts.title}. ${whose}${bars.map((bar) => spokenBar(bar, texts.unit)).join('; ')}.`
  // linkedom writes attributes as HTML does, where only the quote needs an escape.
  svg.setAttribute('aria-label', spoken.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
  svg.querySelector('style').textContent += chartStyle
  const card = `<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"></rect>`
  const text = svg.outerHTML.replace('</style>', `</style>${card}`).replaceAll('><', '>\n<')
  return `${text.replace(/\d+\.\d{3,}/g, (digits: string) => String(Number(Number(digits).toFixed(2))))}\n`
}

/** Where the frame begins: below the lines above it. */
function topOf({ source }: BarChartTexts): number {
  return source ? 108 + lineHeight : 108
}

function axes(bars: readonly Bar[], { yLabel }: BarChartTexts): Plot.Markish[] {
  const hasValues = bars.some(({ value }) => value !== undefined)
  const ticks = hasValues ? 6 : []
  return [
    ...(hasValues ? [Plot.gridY({ ticks, className: 'grid', strokeOpacity: 1 })] : []),
    Plot.axisY({ ticks, tickFormat: '.6~g', tickSize: 0, fontSize: 12, label: null }),
    Plot.text([yLabel], { ...heading, dy: -24, fontSize: 12, fontWeight: 600 }),
    Plot.axisX({ tickSize: 0, tickPadding: 12, fontSize: 14, fontWeight: 600 }),
    Plot.text(bars, { x: 'label', text: 'note', ...note }),
  ]
}

function columns(bars: readonly Bar[], unit: string): Plot.Markish[] {
  const filled = bars.filter(({ value }) => value !== undefined)
  const whole = filled.filter(({ note }) => !note)
  const partial = filled.filter(({ note }) => note)
  const up = filled.filter(({ value }) => value! >= 0)
  const down = filled.filter(({ value }) => value! < 0)
  const at = { x: 'label', y: 'value' } as const
  const text = (bar: Bar) => `${formatNumber(bar.value!, 1)} ${unit}`
  const label = { ...at, text, fontSize: 18, fontWeight: 700 }
  return [
    Plot.barY(whole, { ...at, className: 'bar' }),
    Plot.barY(partial, { ...at, className: 'partial', inset: 0.75, strokeWidth: 1.5 }),
    Plot.ruleY([0], { strokeWidth: 1.5 }),
    Plot.text(up, { ...label, dy: -8, lineAnchor: 'bottom' }),
    Plot.text(down, { ...label, dy: 8, lineAnchor: 'top' }),
  ]
}

function gaps(bars: readonly Bar[]): Plot.Markish[] {
  const absent = bars.filter(({ value }) => value === undefined)
  const at = { x: 'label', frameAnchor: 'middle' } as const
  const reason = (bar: Bar) => bar.absent?.[0]
  const command = (bar: Bar) => bar.absent?.[1]
  return [
    Plot.text(absent, { ...at, text: reason, dy: -11, fontSize: 13, className: 'muted' }),
    Plot.text(absent, { ...at, text: command, dy: 11, fontSize: 10.5, className: 'command' }),
  ]
}

function headings(texts: BarChartTexts): Plot.Markish[] {
  const { title, source, subtitle } = texts
  const line = { ...heading, fontSize: 13, lineWidth: 50, textOverflow: 'ellipsis-end' } as const
  const [top, second] = [-topOf(texts), -58]
  return [
    Plot.text([title], { ...heading, dy: 24 + top, fontSize: 18, fontWeight: 700 }),
    ...(source ? [Plot.text([source], { ...line, dy: second - lineHeight })] : []),
    Plot.text([subtitle], { ...line, dy: second, className: 'muted' }),
  ]
}

// Zero is always on the axis; room is left for the values' labels, above the bars and below those that go down.
function valueDomain(bars: readonly Bar[]) {
  const values = bars.flatMap(({ value }) => value ?? [])
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const domain: [number, number] = low === high ? [0, 1] : [low, high]
  return { domain, insetTop: 24, insetBottom: low < 0 ? 30 : 0 }
}

function spokenBar({ label, value, note, absent }: Bar, unit: string): string {
  const text = value === undefined ? (absent?.join(': ') ?? '') : `${formatNumber(value, 1)} ${unit}`
  return `${label}: ${text}${note ? `, ${note}` : ''}`
}
