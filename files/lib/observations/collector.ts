import { quoted } from '../core/quoted.ts'
import { isName, isPlace } from '../weather/source.ts'
import { inFahrenheit, type Unit } from '../weather/unit.ts'
import { chooseUnit, conflict, type DeclaredUnit } from './choose-unit.ts'
import { type Days, dayText, type Place, type SkipReason, skipDay, takeDay, takeReadings } from './days.ts'
import { checkDecimalSign, type DecimalSigns, noteDecimalSign } from './decimal-sign.ts'
import { formatError } from './format-error.ts'
import { type Missing, missingRule } from './missing.ts'
import { parseNumber } from './number-text.ts'
import { isWanted, type Stations } from './stations.ts'
import { checkSuspects } from './suspect-number.ts'
import { type Found, isImpossible, lookAt } from './unit-evidence.ts'
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
  /** How each file was read, in their order; the last one may be under way. */
  files: ReadFile[]
}

/** How a file was read: its format by name, and the unit of its values; undefined when it has none. */
export type ReadFile = { source: string; format: string; unit?: ToldUnit | undefined }

/** A unit, and what says so: `its column tmax_c`. */
export type ToldUnit = { unit: Unit; evidence: string }

/** What the command line says of the files' content. */
export type FormatOptions = {
  /** What `--units` says. */
  unit?: Unit
  /** What `--date-order` says. */
  dateOrder?: DateOrder
  /** What `--column` says: the column with the highest temperatures, in lower case. */
  column?: string
  /** What `--good-flags` says: the flags of values that count, in lower case; `blank` for none, `any` for all. */
  goodFlags?: readonly string[]
  /** What `--missing` says: what stands for a missing value, see `missingRule`. */
  missing?: readonly string[]
  /** What `--trust-units` says: whether a unit is believed though the values look wrong in it. */
  isUnitTrusted?: boolean
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
  declared: DeclaredUnit | undefined
  /** Whether values without a unit may tell it: in a dataset whose files are in tenths of °C unless somebody asked for others. */
  mayTellUnit: boolean
  /** Whether it is a table of any origin: what is usual in no program's files must then be said. */
  isTable: boolean
  /** The values kept until the file's end, for they may tell their unit together. */
  readonly found: Found[]
  readonly missing: Missing
  readonly decimalSigns: DecimalSigns
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
  const missing = missingRule(shared.options.missing)
  return {
    ...shared,
    ...{
      source,
      missing,
      declared: undefined,
      mayTellUnit: false,
      isTable: false,
      found: [],
      decimalSigns: {},
    },
  }
}

/**
 * Says which unit a file gives its values in. `finishCollecting` holds it against the values.
 *
 * @param evidence what says so, as in `its column tmax_c`
 */
export function declareUnit(collector: Collector, unit: Unit, evidence: string): void {
  collector.declared = { unit, evidence, isFixed: false }
}

/**
 * Says that a format has one unit only.
 *
 * @throws OperatingError when `--units` says another one
 */
export function fixUnit(collector: Collector, unit: Unit): void {
  collector.declared = { unit, evidence: 'its format', isFixed: true }
  const { source, declared, options } = collector
  if (options.unit && options.unit !== unit) throw conflict(source, declared, options.unit)
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
 * Takes a value, or counts it as missing. Those of other stations than the one wanted are passed over.
 *
 * @returns whether it is of the station wanted
 * @throws OperatingError when it is no number
 */
export function collect(collector: Collector, observation: Observation): boolean {
  const { station, day, value, isFlagged = false, isModelled, hours, place } = observation
  const text = typeof value === 'string' ? value.trim() : undefined
  const isMissing = value === undefined || (text !== undefined && collector.missing.isWord(text))
  if (station !== undefined && !isWanted(collector.stations, station, isMissing ? undefined : day, place))
    return false
  if (isMissing) {
    skipDay(collector.days, 'missing', day, place)
    return true
  }
  const number = text === undefined ? (value as number) : parseNumber(text)
  if (number === undefined) throw formatError(place, quoted(text!), 'a number of degrees, or nothing')
  if (text !== undefined) noteDecimalSign(collector.decimalSigns, text, place)
  const isWhole = Number.isInteger(number)
  const isText = text !== undefined
  if (isModelled && collector.options.noModel) skipDay(collector.days, 'model', day, place)
  else collector.found.push({ day, value: number, isWhole, isText, isFlagged, hours, place })
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
 * Ends a file: chooses the unit of its values by what is said and by what they look like, and takes them.
 *
 * @returns the unit; undefined when nothing says it, there being no values
 * @throws OperatingError when the unit must be said, or is not the one that the values are in; when a number may stand for a
 *   missing value
 */
export function finishCollecting(collector: Collector): ToldUnit | undefined {
  const { source, options, days, about, declared, found, stations } = collector
  // Which station is meant must be said first: `checkStations` does.
  if (stations.asked === undefined && stations.spans.size > 1) return undefined
  const said = options.unit
  if (found.length === 0) {
    if (declared && said && said !== declared.unit) throw conflict(source, declared, said)
    if (declared) about.units.add(declared.unit)
    return declared
  }
  checkDecimalSign(collector.decimalSigns)
  found.sort((a, b) => a.day - b.day)
  const isMissing = ({ isText, value }: Found, unit: Unit) =>
    isText && collector.missing.isNumber(value, unit)
  const passed = found.filter(({ isFlagged }) => !isFlagged)
  const valuesIn = (unit: Unit, of = passed) => of.filter((value) => !isMissing(value, unit))
  const isTelling = collector.mayTellUnit && !said && !declared
  const unit = chooseUnit({
    ...{ source, said, declared, isTelling, isTrusted: options.isUnitTrusted ?? false },
    // A value that failed a check tells of its unit as well.
    lookAt: (unit) => {
      const look = lookAt(valuesIn(unit, isTelling ? found : passed), unit)
      // A station's program that names the unit writes a file in that one alone: only a table may be put together of several.
      return declared && !collector.isTable ? { ...look, mixture: undefined } : look
    },
  })
  if (collector.isTable) checkOneADay(valuesIn(unit))
  if (collector.isTable && !options.missing) checkSuspects(source, valuesIn(unit), unit)
  about.units.add(unit)
  for (const value of found) {
    const { day, place } = value
    if (isMissing(value, unit)) skipDay(days, 'marked', day, place)
    else if (value.isFlagged) skipDay(days, 'flagged', day, place)
    else if (isImpossible(value, unit)) skipDay(days, 'impossible', day, place)
    else if (value.hours === undefined) takeDay(days, day, inFahrenheit(value.value, unit), place)
    else takeReadings(days, day, inFahrenheit(value.value, unit), value.hours, place)
  }
  const evidence = said ? `--units ${said}` : 'its values'
  return declared?.unit === unit ? declared : { unit, evidence }
}

const contradictedMax = 3

/** Checks that a table has no readings of hours: a few days with different values are left out, one in ten says what it is. */
function checkOneADay(values: readonly Found[]): void {
  const days = Map.groupBy(values, ({ day }) => day)
  const contradicted = [...days.values()].filter((ofDay) =>
    ofDay.some(({ value }) => value !== ofDay[0]!.value),
  )
  if (contradicted.length <= contradictedMax || contradicted.length * 10 <= days.size) return
  const { day, place } = contradicted[0]![1]!
  throw formatError(
    place,
    `${contradicted.length} of ${days.size} days have several values, as ${dayText(day)} has`,
    'one row a day, with the highest temperature of that day',
  )
}
