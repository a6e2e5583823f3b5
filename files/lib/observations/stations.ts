import { OperatingError } from '../program.ts'
import type { Place } from './days.ts'

/** The stations seen in the files. `asked` is the one asked for; without it, the first one seen is read. */
export type Stations = { asked: string | undefined; spans: Map<string, Span> }

/** First and last day, as numbers YYYYMMDD, and where the first line of a station stands. */
type Span = { first: number; last: number; source: string; line: number }

const listed = 40

/** Says whether this station's values are the ones to read, and remembers that it has a line on this day. */
export function isWanted(stations: Stations, id: string, day: number, { source, line }: Place): boolean {
  const span = stations.spans.get(id)
  if (!span) stations.spans.set(id, { first: day, last: day, source, line })
  else if (day < span.first) span.first = day
  else if (day > span.last) span.last = day
  return id === chosenStation(stations)
}

/** The station asked for, or else the first one seen; undefined before that. */
export function chosenStation({ asked, spans }: Stations): string | undefined {
  return asked ?? spans.keys().next().value
}

/**
 * Checks that it is clear which station was read.
 *
 * @throws OperatingError that lists the stations when there are several and none was asked for, or another one was
 */
export function checkStations({ asked, spans }: Stations): void {
  if (asked === undefined ? spans.size <= 1 : spans.has(asked)) return
  if (spans.size === 0) {
    const how = 'Without --station the stations in the files are listed.'
    throw new OperatingError(
      `The observations hold no highest temperature of ${asked}. Nothing has been sent. ${how}`,
    )
  }
  const found = `${spans.size.toLocaleString('en')} stations`
  const what = asked === undefined ? found : `${found}, none of them ${asked}`
  const lines = [...spans].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, span]) => describe(id, span))
  const more = lines.length > listed ? [`  and ${(lines.length - listed).toLocaleString('en')} more`] : []
  throw new OperatingError(
    [
      `The observations are of ${what}. Nothing has been sent. Name one by --station:`,
      ...lines.slice(0, listed),
      ...more,
    ].join('\n'),
  )
}

function describe(id: string, { first, last, source, line }: Span): string {
  return `  ${id}  ${dated(first)} to ${dated(last)} (${source}: line ${line})`
}

function dated(day: number): string {
  return String(day)
    .padStart(8, '0')
    .replace(/(....)(..)(..)/, '$1-$2-$3')
}
