import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import type { Unit } from '../weather/unit.ts'
import type { FormatOptions } from './collector.ts'

/** A column by its number from 0 and its name in lower case. */
export type Column = { index: number; name: string }

/** The column of the highest temperature, and the unit that its name ends in. */
export type DegreesColumn = Column & { unit: Unit | undefined }

const dateNames = [
  'datum',
  'fecha',
  'datetime',
  'date_time',
  'date/time',
  'date time',
  'timestamp',
  'obs_date',
  'day',
]
const highestNames = new Set(
  'tmax,maxt,tempmax,maxtemp,temperaturemax,maxtemperature,maximumtemperature,temperaturemaximum,dailymaximumtemperature,dailymaxtemp,airtemperaturemax,maxairtemperature,temperature2mmax,hightemp,temphigh,hightemperature,temperaturehigh'.split(
    ',',
  ),
)
const stationNames = [
  'station,stationid,stationcode,stationnumber,stationno,stnid,stn,stnno,staid,stid,ghcnid,ghcndid,noaaid,coopid,wmo,wmoid,usaf,wban',
  'icao,site,siteid,sensor,sensorid,device,deviceid,gauge,location,locationid,city,id,stationname,sitename,locationname,name',
]
  .join()
  .split(',')
// Names of an own number of each row as well.
const counterNames = ['id']
const unitEnd =
  /^(.*?)[\s_.-]*[([{]?\s*(?:\b|_|(?=[°º℃℉]))(?:(tenths|0\.1 ?°?c|1\/10 ?°?c|tenths of °?c)|(℃|(?:°|º|deg(?:rees?)?[\s_.]*)?(?:c|celsius))|(℉|(?:°|º|deg(?:rees?)?[\s_.]*)?(?:f|fahrenheit))|(?:deg(?:rees?)?[\s_.]*)?(k|kelvins?))\s*[)\]}]?$/

/** The number of the column with the days; undefined when there is none, or none that stands out. */
export function findDate(names: readonly string[]): number | undefined {
  // Of a date in several columns `day` is the last part.
  const name = ['date', ...dateNames].find((name) => names.includes(name))
  const rivals = dateNames.filter((other) => other !== name && other !== 'day' && names.includes(other))
  const isAlone = name === 'date' || rivals.length === 0
  return name !== undefined && isAlone && countOf(names, name) === 1 ? names.indexOf(name) : undefined
}

/** The columns that may hold the highest temperature: the one that `--column` names, or those whose names say so. */
export function findHighest(names: readonly string[], { column }: FormatOptions): DegreesColumn[] {
  const columns = names.map((name, index) => ({ index, name, ...splitUnit(name) }))
  const found = columns.filter(({ name, base }) => (column ? name === column : mayBeHighest(base)))
  return found.map(({ index, name, unit }) => ({ index, name, unit }))
}

/**
 * Chooses the column of the highest temperature.
 *
 * @throws OperatingError when several may be it, or it is none that is known to be
 */
export function chooseHighest(
  source: string,
  found: readonly DegreesColumn[],
  { column }: FormatOptions,
): DegreesColumn {
  const [one, other] = found
  const isKnown = column !== undefined || highestNames.has(bare(splitUnit(one!.name).base))
  if (!other && isKnown) return one!
  const names = found.map(({ name }) => quoted(name)).join(' and ')
  const may = other ? `columns ${names} may each be` : `column ${names} may be`
  const what = column !== undefined ? 'Give each column a name of its own' : 'Name the right one by --column'
  throw new OperatingError(
    `${source}: its ${may} the day's highest temperature. ${what}. Nothing has been sent.`,
  )
}

/** The column of the lowest temperature that goes with one of the highest: of the same name but for `max`, in the same unit. */
export function findLowest(names: readonly string[], { name, unit }: DegreesColumn): Column | undefined {
  const high = bare(splitUnit(name).base)
  const low = high.replace('max', 'min').replace('high', 'low')
  if (low === high) return undefined
  const index = names.findIndex((other) => {
    const split = splitUnit(other)
    return bare(split.base) === low && split.unit === unit
  })
  return index < 0 ? undefined : { index, name: names[index]! }
}

/**
 * The column that tells stations apart; undefined when there is none.
 *
 * @param rows the file's first rows, by which an own number of each row is told from a station's
 */
export function findStation(
  names: readonly string[],
  date: number,
  rows: readonly (readonly string[])[],
): Column | undefined {
  const bareNames = names.map(bare)
  for (const name of stationNames) {
    const index = bareNames.indexOf(name)
    if (index < 0) continue
    if (counterNames.includes(name) && isCounter(rows, index, date)) continue
    return { index, name: names[index]! }
  }
  return undefined
}

/** Whether each row has a number one higher than the row before, or each one lower, and a date of its own. */
function isCounter(rows: readonly (readonly string[])[], column: number, date: number): boolean {
  const numbers = rows.map((row) => (/^\d+$/.test(row[column] ?? '') ? Number(row[column]) : Number.NaN))
  const step = numbers[1]! - numbers[0]!
  return (
    Math.abs(step) === 1 &&
    numbers.every((number, index) => number === numbers[0]! + step * index) &&
    new Set(rows.map((row) => row[date])).size === rows.length
  )
}

/** Letters and digits alone: `Max. Temp` as `maxtemp`. */
export function bare(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]+/gu, '')
}

function countOf(names: readonly string[], name: string): number {
  return names.filter((other) => other === name).length
}

function splitUnit(name: string): { base: string; unit: Unit | undefined } {
  const [, base, tenths, celsius, fahrenheit, kelvin] = unitEnd.exec(name) ?? []
  if (!base) return { base: name, unit: undefined }
  const unit = tenths ? 'tenths' : celsius ? 'C' : fahrenheit ? 'F' : kelvin ? 'K' : undefined
  return { base, unit }
}

const others =
  /time|date|hour|attr|flag|qual|qc|source|min|apparent|feel|heat|chill|dew|soil|ground|grass|water|sea|wind|gust|hum|rain|press|normal|record|indoor|inside/

function mayBeHighest(base: string): boolean {
  const name = bare(base)
  if (highestNames.has(name)) return true
  return /^t_?max|^max_?t|max.*temp|temp.*max|high.*temp|temp.*high/.test(name) && !others.test(name)
}
