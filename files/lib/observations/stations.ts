import { OperatingError } from '../core/program.ts'
import { dayText, type Place } from './days.ts'

/** The stations seen in the files. `asked` is the one asked for; without it, the first one seen is read. */
export type Stations = { asked: string | undefined; spans: Map<string, Span> }

/** First and last day, as numbers YYYYMMDD, and where the first line of a station stands. */
type Span = { first: number; last: number; source: string; line: number }

const listed = 40

/**
 * Says whether this station's values are the ones to read, and remembers that it was there.
 *
 * @param day of a value; undefined when there is none
 */
export function isWanted(
  stations: Stations,
  id: string,
  day: number | undefined,
  { source, line }: Place,
): boolean {
  const span = stations.spans.get(id) ?? { first: Number.POSITIVE_INFINITY, last: 0, source, line }
  if (span.line === line) stations.spans.set(id, span)
  if (day !== undefined && day < span.first) span.first = day
  if (day !== undefined && day > span.last) span.last = day
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
  const found = spans.size === 1 ? 'one station' : `${spans.size.toLocaleString('en')} stations`
  const what = asked === undefined ? found : `${found}, but not of ${asked}`
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
  const span = last === 0 ? 'no values' : `${dayText(first)} to ${dayText(last)}`
  return `  ${id}  ${span} (${source}: line ${line})`
}
