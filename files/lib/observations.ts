import { byYear } from './observations/by-year.ts'
import { collectDays, type Days, inOrder, type OrderedDays, type Wanted } from './observations/days.ts'
import { dly } from './observations/dly.ts'
import { type About, checkUnit, ghcnDaily, type Reading, type Unit } from './observations/form.ts'
import { headedCsv } from './observations/headed-csv.ts'
import { type Input, openInput, readLines, type TakeLine } from './observations/read-lines.ts'
import { checkStations, chosenStation } from './observations/stations.ts'
import { OperatingError } from './program.ts'
import type { Source } from './source.ts'

export type { DailyHigh } from './observations/days.ts'

/** What observations files hold: a station's days, and which station that is. */
export type Observations = OrderedDays & { source: Source }

/** What to read of the files: of which station, from which day to which; and what a file does not say of itself. */
export type ObservationOptions = Wanted & {
  station?: string
  unit?: Unit
  /** The station's name, whatever the files call it. */
  name?: string
  /**
   * Whether files may still be written: a last line without its end is then left for later, unless it was packed, and an
   * empty file holds no days yet.
   */
  isGrowing?: boolean
}

// The last one takes what the others leave, and says what is wrong with its header.
const forms = [dly, byYear, headedCsv]

/**
 * Reads observations files, see `readInputs`.
 *
 * @param paths of files, `-` for standard input
 */
export function readObservations(
  paths: readonly string[],
  options: ObservationOptions,
  signal: AbortSignal,
): Promise<Observations> {
  const inputs = paths.map((path) => () => openInput(path, signal))
  return readInputs(inputs, options).catch((error) => {
    signal.throwIfAborted()
    throw error
  })
}

/**
 * Reads observations: GHCN-Daily's three forms and CSV with a header, gzip or not, told apart by their content.
 *
 * Each input is read to its end, so that a bad line is found before anything is sent. Only the days of one station are
 * held, however many lines and stations there are.
 *
 * @param inputs opened one after the other
 * @throws OperatingError with source, line and column for a line that does not fit the form of its input; when a station
 *   must be chosen; when the unit must be said
 */
export async function readInputs(
  inputs: readonly (() => Input)[],
  { station, unit, name, isGrowing, ...wanted }: ObservationOptions,
): Promise<Observations> {
  const days = collectDays(wanted)
  const stations = { asked: station, spans: new Map() }
  const about: About = { datasets: new Set(), units: new Set() }
  for (const open of inputs) {
    const input = open()
    const file = startFile({ days, stations, about, source: input.source, unit })
    if (!(await readLines(input, file.line, isGrowing))) countUnfinished(days)
    file.end(isGrowing)
  }
  // A file that is still written may get its first values later, of whatever station.
  const isEmpty = days.byDay.size === 0 && stations.spans.size === 0
  if (!(isGrowing && isEmpty)) checkStations(stations)
  return { ...inOrder(days), source: sourceOf(about, chosenStation(stations), name) }
}

function countUnfinished({ skipped }: Days): void {
  skipped.set('unfinished', (skipped.get('unfinished') ?? 0) + 1)
}

/** What is known of the station; what several files say differently is left out. */
function sourceOf({ datasets, units, ...about }: About, id: string | undefined, name?: string): Source {
  const [[dataset], [unit]] = [datasets, units]
  return {
    kind: 'observed',
    ...about,
    ...(id && { id }),
    ...(name && { name }),
    ...(dataset && datasets.size === 1 && { dataset }),
    ...(unit && units.size === 1 && { unit }),
  }
}

/** Reads one file's lines, in the form that the first one has which is not blank. */
function startFile(reading: Reading): { line: TakeLine; end: (mayBeEmpty?: boolean) => void } {
  let lines: { line: TakeLine; end: () => void } | undefined
  return {
    line(bytes, start, end, line) {
      lines ??= startLines(reading, bytes.toString('latin1', start, end))
      lines?.line(bytes, start, end, line)
    },
    end(mayBeEmpty = false) {
      if (!lines && !mayBeEmpty)
        throw new OperatingError(
          `${reading.source}: it is empty. Expected observations. Nothing has been sent.`,
        )
      lines?.end()
    },
  }
}

function startLines(reading: Reading, first: string) {
  if (first.trim() === '') return undefined
  const form = forms.find(({ isFirstLine }) => isFirstLine(first))!
  if (form !== headedCsv) {
    checkUnit(reading, 'tenths')
    reading.about.datasets.add(ghcnDaily)
    reading.about.units.add('tenths')
  }
  return form.start(reading)
}
