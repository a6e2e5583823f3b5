import type { ReadFile } from '../observations/collector.ts'
import type { DailyHigh, Observations } from '../observations/observations.ts'
import { skippedCounts } from '../observations/skipped.ts'
import { dayAfter, daysBetween } from '../weather/calendar.ts'
import type { Source } from '../weather/source.ts'
import { unitNames } from '../weather/unit.ts'

const shownGaps = 5
const shownDays = 3

/**
 * Shows what would be sent of observations: format, station, unit and why, days, span, gaps, values left out, the extremes
 * and the days at either end.
 *
 * @param observations with at least one day
 * @returns lines to be printed
 */
export function formatPreview(observations: Observations): string[] {
  const { days, source, files } = observations
  const [first, last] = [days[0]!, days.at(-1)!]
  const lastDays = days.slice(Math.max(shownDays, days.length - shownDays))
  const rows: [label: string, ...lines: string[]][] = [
    ['Format', ...describeFiles(files, ({ format }) => format)],
    ['Station', ...describeStation(source)],
    ['Unit', ...describeFiles(files, ({ unit }) => unit && `${unitNames[unit.unit]}, by ${unit.evidence}`)],
    ['Days', count(days.length, 'day')],
    ['Span', `${first.date} to ${last.date}, ${count(daysBetween(first.date, last.date) + 1, 'day')}`],
    ['Gaps', describeGaps(days)],
    ['Skipped', skippedCounts(observations).join(', ') || 'none'],
    ['Lowest', describeExtreme(days, (a, b) => a < b)],
    ['Highest', describeExtreme(days, (a, b) => a > b)],
    ['First', ...days.slice(0, shownDays).map(describeDay)],
    ...(lastDays.length > 0 ? [['Last', ...lastDays.map(describeDay)] as [string, ...string[]]] : []),
  ]
  return rows.flatMap(([label, ...lines]) =>
    lines.map((line, index) => `${(index === 0 ? label : '').padEnd(9)}${line}`),
  )
}

/** Says something of all files: once when it is the same of all, else of each; nothing of those of which it is not known. */
function describeFiles(files: readonly ReadFile[], say: (file: ReadFile) => string | undefined): string[] {
  const said = files.flatMap((file) => {
    const text = say(file)
    return text === undefined ? [] : [{ source: file.source, text }]
  })
  const isSame = said.every(({ text }) => text === said[0]!.text)
  return isSame ? [said[0]!.text] : said.map(({ source, text }) => `${source}: ${text}`)
}

function describeStation(source: Source): string[] {
  const { id, name, dataset, latitude, longitude, elevation } = source
  if (!name && !id) return ['no name in the files: say it by --name TEXT']
  const place = [
    latitude !== undefined && `latitude ${latitude}`,
    longitude !== undefined && `longitude ${longitude}`,
    elevation !== undefined && `elevation ${elevation} m`,
    dataset,
  ]
  const named = name && id ? `${name} (${id})` : (name ?? id)
  return [[named, ...place].filter(Boolean).join(', ')]
}

type Gap = { start: string; end: string; length: number }

function describeGaps(days: readonly DailyHigh[]): string {
  const gaps = gapsOf(days)
  if (gaps.length === 0) return 'none'
  const missing = gaps.reduce((sum, { length }) => sum + length, 0)
  const longest = gaps.toSorted((a, b) => b.length - a.length).slice(0, shownGaps)
  const listed = longest
    .toSorted((a, b) => (a.start < b.start ? -1 : 1))
    .map(({ start, end, length }) => (length === 1 ? start : `${start} to ${end} (${count(length, 'day')})`))
  const which = gaps.length > shownGaps ? `the ${shownGaps} longest are ` : ''
  return `${count(gaps.length, 'gap')}, ${count(missing, 'day')} in all: ${which}${listed.join(', ')}`
}

function gapsOf(days: readonly DailyHigh[]): Gap[] {
  return days.slice(1).flatMap(({ date }, index) => {
    const before = days[index]!.date
    const length = daysBetween(before, date) - 1
    return length > 0 ? [{ start: dayAfter(before, 1), end: dayAfter(before, length), length }] : []
  })
}

/** The first day of those with the lowest or highest value, and how many have it. */
function describeExtreme(days: readonly DailyHigh[], isBeyond: (a: number, b: number) => boolean): string {
  const extreme = days.reduce((best, day) => (isBeyond(day.degrees, best.degrees) ? day : best))
  const same = days.filter(({ degrees }) => degrees === extreme.degrees).length
  const others = same > 1 ? `, and on ${count(same - 1, 'other day')}` : ''
  return `${describeDegrees(extreme.degrees)} on ${extreme.date}${others}`
}

const describeDay = ({ date, degrees }: DailyHigh) => `${date}  ${describeDegrees(degrees)}`

/** Both scales: who mistakes the unit sees it in the one he thinks in. */
function describeDegrees(degrees: number): string {
  return `${round(degrees)} °F (${round(((degrees - 32) * 5) / 9)} °C)`
}

/** To two places; -0 is 0. */
const round = (value: number) => `${Math.round(value * 100) / 100 + 0}`

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
}
