import { byYear } from './observations/by-year.ts'
import { collectDays, inOrder, type Observations, type Wanted } from './observations/days.ts'
import { dly } from './observations/dly.ts'
import { checkUnit, type Reading, type Unit } from './observations/form.ts'
import { headedCsv } from './observations/headed-csv.ts'
import { type Input, openInput, readLines, type TakeLine } from './observations/read-lines.ts'
import { checkStations } from './observations/stations.ts'
import { OperatingError } from './program.ts'

export type { DailyHigh, Observations } from './observations/days.ts'

/** What to read of the files: of which station, from which day to which; and the unit, where a file does not say it. */
export type ObservationOptions = Wanted & { station?: string; unit?: Unit }

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
  { station, unit, ...wanted }: ObservationOptions,
): Promise<Observations> {
  const days = collectDays(wanted)
  const stations = { asked: station, spans: new Map() }
  for (const open of inputs) {
    const input = open()
    const file = startFile({ days, stations, source: input.source, unit })
    await readLines(input, file.line)
    file.end()
  }
  checkStations(stations)
  return inOrder(days)
}

/** Reads one file's lines, in the form that the first one has which is not blank. */
function startFile(reading: Reading): { line: TakeLine; end: () => void } {
  let lines: { line: TakeLine; end: () => void } | undefined
  return {
    line(bytes, start, end, line) {
      lines ??= startLines(reading, bytes.toString('latin1', start, end))
      lines?.line(bytes, start, end, line)
    },
    end() {
      if (!lines) throw new OperatingError(`${reading.source}: it is empty. Expected observations.`)
      lines.end()
    },
  }
}

function startLines(reading: Reading, first: string) {
  if (first.trim() === '') return undefined
  const form = forms.find(({ isFirstLine }) => isFirstLine(first))!
  if (form !== headedCsv) checkUnit(reading, 'tenths')
  return form.start(reading)
}
