import { parseDate } from '../calendar.ts'
import { OperatingError } from '../program.ts'
import { quoted } from '../quoted.ts'
import { isName, isPlace } from '../source.ts'
import { checkLength, placeOf, type Row } from './csv-row.ts'
import { dayNumber, type Place, skipDay, takeDay } from './days.ts'
import { type About, ghcnDaily, misfit, type Reading, type Unit } from './form.ts'
import { inFahrenheit, parseDegrees } from './plain-csv.ts'
import { isWanted } from './stations.ts'

// What no thermometer shows in °F, let alone in °C: such a value can only be in tenths.
const beyondFahrenheit = 140
const beyondTenths = 900
// A single slip of the pen must not turn a file in °F into one in tenths.
const enoughToTell = 1 / 20

type Found = { day: number; value: number; isWhole: boolean; place: Place }

/**
 * Reads rows of NOAA's daily summaries, a line a station and day: columns STATION, DATE, TMAX, and TMAX_ATTRIBUTES with the
 * quality flag in second place.
 *
 * The archive has tenths of °C; orders from the web look alike and have tenths, °C or °F. So the values are kept until
 * the end: when enough of them are whole numbers beyond any °F they are tenths, or else the unit must be said.
 *
 * @param names of the columns, in lower case
 * @returns undefined when they are not these columns
 */
export function startWideRows(names: readonly string[], reading: Reading) {
  const [station, date, tmax] = ['station', 'date', 'tmax'].map((name) => names.indexOf(name)) as Columns
  const attributes = names.indexOf('tmax_attributes')
  if (station < 0 || date < 0 || tmax < 0 || new Set(names).size < names.length) return undefined
  const found: Found[] = []
  const row = (row: Row) => {
    const { days, source } = reading
    checkLength(source, row, names.length)
    const place = (field: number) => placeOf(source, row, field)
    const [id, dateText, text] = [station, date, tmax].map((field) => row.fields[field]!.trim()) as Texts
    if (!/^[\w-]{1,20}$/.test(id)) throw misfit(place(station), quoted(id), 'a station')
    if (!parseDate(dateText)) throw misfit(place(date), quoted(dateText), 'a day, YYYY-MM-DD')
    const day = dayNumber(dateText)
    const isMissing = text === '' || text === '-9999' || text === '9999'
    if (!isWanted(reading.stations, id, isMissing ? undefined : day, place(tmax))) return
    takeAbout(names, row.fields, reading.about)
    if (isMissing) return skipDay(days, 'missing', day, place(tmax))
    const value = parseDegrees(text)
    if (value === undefined) throw misfit(place(tmax), quoted(text), 'a number')
    if (attributes >= 0 && isFlagged(row.fields[attributes]!, () => place(attributes)))
      skipDay(days, 'flagged', day, place(tmax))
    else found.push({ day, value, isWhole: !text.includes('.'), place: place(tmax) })
  }
  return { row, end: () => takeFound(found, reading) }
}

/** Takes the station's name and place from the first of its rows; what makes no sense is left out. */
function takeAbout(names: readonly string[], fields: readonly string[], about: About): void {
  if (about.datasets.has(ghcnDaily)) return
  about.datasets.add(ghcnDaily)
  const field = (name: string) => fields[names.indexOf(name)]?.trim().replaceAll(/\s+/g, ' ') ?? ''
  const name = field('name')
  if (isName(name)) about.name = name
  for (const key of ['latitude', 'longitude', 'elevation'] as const) {
    const value = parseDegrees(field(key))
    if (value !== undefined && isPlace(key, value)) about[key] = value
  }
}

type Columns = [station: number, date: number, tmax: number]

type Texts = [station: string, date: string, tmax: string]

function takeFound(found: readonly Found[], { days, about, source, unit: said }: Reading): void {
  const unit = said ?? unitOf(found, source)
  about.units.add(unit)
  for (const { day, value, place } of found) takeDay(days, day, inFahrenheit(value, unit), place)
}

/** Whether the attributes `measurement,quality,source` or `measurement,quality,source,time` hold a quality flag. */
function isFlagged(attributes: string, place: () => Place): boolean {
  const parts = attributes.split(',')
  if (parts.length === 3 || parts.length === 4) return parts[1]!.trim() !== ''
  throw misfit(place(), quoted(attributes), 'attributes: measurement,quality,source[,time]')
}

function unitOf(found: readonly Found[], source: string): Unit {
  const tenths = found.filter(
    ({ value }) => Math.abs(value) > beyondFahrenheit && Math.abs(value) <= beyondTenths,
  )
  if (found.every(({ isWhole }) => isWhole) && tenths.length >= found.length * enoughToTell) return 'tenths'
  throw new OperatingError(
    `${source}: its values do not tell their unit: they may be °F, °C or tenths of °C (${found.length} values, ` +
      `${tenths.length} of them beyond ${beyondFahrenheit}). Say it by --units F, --units C or --units tenths. Nothing has been sent.`,
  )
}
