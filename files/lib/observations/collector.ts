import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import { isName, isPlace } from '../weather/source.ts'
import { inFahrenheit, type Unit, unitNames } from '../weather/unit.ts'
import { type Days, type Place, type SkipReason, skipDay, takeDay, takeReadings } from './days.ts'
import { formatError } from './format-error.ts'
import { parseNumber } from './number-text.ts'
import { isWanted, type Stations } from './stations.ts'
import { type Found, tellUnit } from './tell-unit.ts'
import type { DateOrder } from './written-date.ts'

/** What the files say of the station that is read, besides its values: name and place where a format has them. */
export type About = {
  name?: string
  latitude?: number
  longitude?: number
  elevation?: number
  /** Whose records these are; undefined among them for a file of one's own. */
  datasets: Set<string | undefined>
  units: Set<Unit>
  /** What a user should know of values that are sent, a sentence each. */
  notes: string[]
}

/** What the command line says of the files' content. */
export type FormatOptions = {
  /** What `--units` says. */
  unit?: Unit
  /** What `--date-order` says. */
  dateOrder?: DateOrder
  /** Whose days are meant where a file has moments: an IANA time zone; this machine's when nothing else is said. */
  timeZone?: string
  /** Whether values that a model made are left out. */
  noModel?: boolean
}

/** Where a format puts what it reads of one file. `days`, `stations` and `about` are those of all files together. */
export type Collector = {
  /** What errors call the file. */
  readonly source: string
  readonly options: FormatOptions
  readonly days: Days
  readonly stations: Stations
  readonly about: About
  /** The unit that the file gives its values in, when its format or its header says so. */
  unit: Unit | undefined
  /** The values kept until the file's end, for they may tell their unit together. */
  readonly found: Found[]
}

/** A station's highest temperature of a day, as a file has it. */
export type Observation = {
  /** Undefined when the format names no station. */
  station?: string
  /** YYYYMMDD, a day of the calendar. */
  day: number
  /** In the file's unit, as text or as a number; undefined when it is missing. */
  value: string | number | undefined
  /** Whether the file says that it failed a check of its quality. */
  isFlagged?: boolean
  /** Whether the file says that a model made it. */
  isModelled?: boolean
  /** When it is the highest of readings: the hours of the day that they are of, see `Days.readings`. */
  hours?: number
  place: Place
}

/** Begins to collect a file. */
export function startCollecting(
  source: string,
  shared: Pick<Collector, 'options' | 'days' | 'stations' | 'about'>,
): Collector {
  return { ...shared, source, unit: undefined, found: [] }
}

/**
 * Says which unit a file gives its values in.
 *
 * @param evidence what says so, as in `its column tmax_c`
 * @throws OperatingError when `--units` says another one
 */
export function declareUnit(collector: Collector, unit: Unit, evidence: string): void {
  const said = collector.options.unit
  if (said !== undefined && said !== unit) {
    throw new OperatingError(
      `${collector.source}: ${evidence} says ${unitNames[unit]}: expected no --units ${said}. Nothing has been sent.`,
    )
  }
  collector.unit = unit
}

/** Keeps what a file says of its station; of several that say different things, the first. What makes no sense is left out. */
export function describeStation(
  { about }: Collector,
  {
    name = '',
    ...place
  }: { name?: string } & Partial<Record<'latitude' | 'longitude' | 'elevation', number | undefined>>,
): void {
  const words = name.trim().replaceAll(/\s+/g, ' ')
  if (isName(words)) about.name ??= words
  for (const key of ['latitude', 'longitude', 'elevation'] as const) {
    const value = place[key]
    if (value !== undefined && isPlace(key, value)) about[key] ??= value
  }
}

/**
 * Takes a value, or counts why it is left out: missing, or flagged. Those of other stations than the one wanted are passed
 * over.
 *
 * @returns whether it is of the station wanted
 * @throws OperatingError when it is no number
 */
export function collect(collector: Collector, observation: Observation): boolean {
  const { station, day, value, isFlagged, isModelled, hours, place } = observation
  const text = typeof value === 'string' ? value.trim() : value
  const isMissing = text === undefined || text === ''
  if (station !== undefined && !isWanted(collector.stations, station, isMissing ? undefined : day, place))
    return false
  const number = typeof text === 'string' && !isMissing ? parseNumber(text) : text
  if (isMissing) skipDay(collector.days, 'missing', day, place)
  else if (typeof number !== 'number') throw formatError(place, quoted(String(text)), 'a number of degrees')
  else if (isFlagged) skipDay(collector.days, 'flagged', day, place)
  else if (isModelled && collector.options.noModel) skipDay(collector.days, 'model', day, place)
  else collector.found.push({ day, value: number, isWhole: !/[.,]/.test(String(text)), hours, place })
  return true
}

/** Counts a value that a format leaves out for a reason of its own. */
export function leaveOut(
  collector: Collector,
  reason: SkipReason,
  { day, place }: Pick<Observation, 'day' | 'place'>,
): void {
  skipDay(collector.days, reason, day, place)
}

/**
 * Ends a file: tells the unit of its values, and takes them.
 *
 * @throws OperatingError when the unit must be said
 */
export function finishCollecting({ source, options, days, about, unit, found }: Collector): void {
  if (unit === undefined && found.length === 0) return
  const known = unit ?? options.unit ?? tellUnit(found, source)
  about.units.add(known)
  for (const { day, value, hours, place } of found) {
    const degrees = inFahrenheit(value, known)
    if (hours === undefined) takeDay(days, day, degrees, place)
    else takeReadings(days, day, degrees, hours, place)
  }
}
