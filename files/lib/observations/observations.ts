import { OperatingError } from '../core/program.ts'
import { localDate, machineZone, newestDateAnywhere, type Zone } from '../weather/local-date.ts'
import { isName, isStationId, type Source } from '../weather/source.ts'
import {
  type About,
  type Collector,
  type FormatOptions,
  finishCollecting,
  fixUnit,
  type ReadFile,
  startCollecting,
} from './collector.ts'
import { type Content, openContent } from './content.ts'
import {
  checkPast,
  collectDays,
  type Days,
  finishReadings,
  type HeldBack,
  holdBack,
  inOrder,
  type OrderedDays,
  placeText,
  type Wanted,
} from './days.ts'
import type { Format } from './format.ts'
import { detectFormat } from './formats.ts'
import { type Input, openInput } from './input.ts'
import { checkStations, chosenStation, type Stations } from './stations.ts'

export type { DailyHigh } from './days.ts'

/** What observations files hold: a station's days, and which station that is. */
export type Observations = OrderedDays & {
  source: Source
  /** How the files were read. */
  files: readonly ReadFile[]
  /** The newest day, when it was held back, and where it ends. */
  held?: { date: string; timeZone: string } | undefined
  /** What a user should know of what is sent and what is not. */
  notes: string[]
}

/** What to read of the files: of which station, from which day to which; and what a file does not say of itself. */
export type ObservationOptions = Wanted &
  FormatOptions & {
    station?: string
    /** The station's name, whatever the files call it. */
    name?: string
    /**
     * Whether files may still be written: a last line without its end is then left for later, unless it was packed, and
     * an empty file holds no days yet.
     */
    isGrowing?: boolean
    /** Whether days that are not over, or to come, are taken as well. */
    sendToday?: boolean
    /** Where a day ends: an IANA time zone; the machine's when nothing else is said. */
    timeZone?: string
  }

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
 * Reads observations in any format of `formats.ts`, gzip or not, told by their content.
 *
 * Each input is read to its end, so that a bad line is found before anything is sent. Only the days of one station are
 * held, however many lines and stations there are.
 *
 * @param inputs opened one after the other
 * @throws OperatingError with source, line and column for a line that does not fit the format of its input; when a station
 *   must be chosen; when the unit must be said
 */
export async function readInputs(
  inputs: readonly (() => Input)[],
  {
    station,
    name,
    isGrowing = false,
    sendToday = false,
    from,
    to,
    listSkipped,
    ...options
  }: ObservationOptions,
): Promise<Observations> {
  // Before any file is opened: what a day's value was then is not its last when the day ends while it is read.
  const begun = Date.now()
  const days = collectDays({ from, to, listSkipped })
  const stations: Stations = { asked: station, spans: new Map() }
  const about: About = { datasets: new Set(), units: new Set(), notes: [], files: [] }
  const shared = { days, stations, about, options }
  for (const open of inputs) await readInput(open(), shared, isGrowing)
  finishReadings(days)
  // A file that is still written may get its first values later, of whatever station.
  const isEmpty = days.byDay.size === 0 && stations.spans.size === 0
  if (!(isGrowing && isEmpty)) checkStations(stations)
  const { timeZone } = options
  const zone = timeZone === undefined ? machineZone() : { name: timeZone, isKnown: true }
  if (!sendToday) checkPast(days, newestDateAnywhere(begun))
  const held = sendToday ? undefined : holdBack(days, localDate(begun, zone.name))
  const { notes, files } = about
  if (held) notes.push(describeHeld(held, zone))
  return {
    ...inOrder(days),
    source: sourceOf(about, chosenStation(stations), name),
    files,
    held: held && { date: held.date, timeZone: zone.name },
    notes,
  }
}

async function readInput(
  input: Input,
  shared: Parameters<typeof startCollecting>[1],
  isGrowing: boolean,
): Promise<void> {
  const { source } = input
  const content = await openContent(input, isGrowing)
  try {
    if (!content.isEmpty) await readFormat(content, startCollecting(source, shared))
    if (content.isUnfinished()) countUnfinished(shared.days)
  } finally {
    await content.close()
  }
}

async function readFormat(content: Content, collector: Collector): Promise<void> {
  const format = detectFormat(collector.source, content.head, collector.options)
  collector.about.datasets.add(format.dataset)
  if (collector.options.noModel && !format.hasModelData) throw noModelData(collector.source, format)
  if (!format.hasNamedColumns) checkColumnOptions(collector, format)
  if (format.unit) fixUnit(collector, format.unit)
  const file: ReadFile = { source: collector.source, format: format.name }
  collector.about.files.push(file)
  await format.read(content, collector)
  file.unit = finishCollecting(collector)
}

function noModelData(source: string, { name }: Format): OperatingError {
  return new OperatingError(
    `${source}: it is ${name}, which does not say which values are from a model: expected no --no-model. Nothing has been sent.`,
  )
}

/** What says how to read a column must not be passed over in a file that has none to be named. */
function checkColumnOptions({ source, options }: Collector, { name }: Format): void {
  const option = options.column !== undefined ? '--column' : options.goodFlags ? '--good-flags' : undefined
  if (option)
    throw new OperatingError(
      `${source}: it is ${name}, whose columns are known: expected no ${option}. Nothing has been sent.`,
    )
}

/** Whether the day that was held back has come to its end since. */
export function isOver({ date, timeZone }: NonNullable<Observations['held']>): boolean {
  return localDate(Date.now(), timeZone) > date
}

function describeHeld({ date, place }: HeldBack, zone: Zone): string {
  const where = zone.isKnown
    ? zone.name
    : `${zone.name}, taken as the last of all because TZ names no time zone`
  return [
    `Held back ${date} (${place.source}: ${placeText(place)}): that day is not over in ${where}, so its highest temperature may still rise.`,
    '--follow, or a later run with --append, sends it. --send-today sends it now.',
  ].join(' ')
}

function countUnfinished({ skipped }: Days): void {
  skipped.set('unfinished', (skipped.get('unfinished') ?? 0) + 1)
}

/** What is known of the station; what several files say differently is left out. */
function sourceOf(
  { datasets, units, notes: _, files: _files, ...about }: About,
  id: string | undefined,
  name?: string,
): Source {
  const [[dataset], [unit]] = [datasets, units]
  return {
    kind: 'observed',
    ...about,
    ...(id && (isStationId(id) ? { id } : !about.name && isName(id) && { name: id })),
    ...(name && { name }),
    ...(dataset && datasets.size === 1 && { dataset }),
    ...(unit && units.size === 1 && { unit }),
  }
}
