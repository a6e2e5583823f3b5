import { parseDate } from '../calendar.ts'
import { quoted } from '../quoted.ts'
import { checkLength, placeOf, type Row } from './csv-row.ts'
import { dayNumber, fahrenheit, skipDay, takeDay } from './days.ts'
import { checkUnit, misfit, type Reading, type Unit } from './form.ts'

/**
 * Reads rows of a column `date` and one of `tmax_f` and `tmax_c`, or `tmax` when its unit was said. Other columns are
 * passed over.
 *
 * A file of one's own is to be right: what is no date or no number, or is dated on or before an earlier row, stops it.
 *
 * @param names of the columns, in lower case
 * @returns undefined when they are not these columns
 */
export function startPlainRows(names: readonly string[], reading: Reading) {
  const columns = findColumns(names, reading.unit)
  if (!columns) return undefined
  checkUnit(reading, columns.unit)
  reading.about.datasets.add(undefined)
  reading.about.units.add(columns.unit)
  const { days, source } = reading
  let last = ''
  const row = (row: Row) => {
    checkLength(source, row, names.length)
    const datePlace = placeOf(source, row, columns.date)
    const date = row.fields[columns.date]!.trim()
    if (!parseDate(date)) throw misfit(datePlace, quoted(date), 'a day of the calendar, YYYY-MM-DD')
    if (date <= last) throw misfit(datePlace, `${date} comes after ${last}`, 'ascending dates')
    last = date
    const text = row.fields[columns.degrees]!.trim()
    const place = placeOf(source, row, columns.degrees)
    if (text === '') return skipDay(days, 'missing', dayNumber(date), place)
    const degrees = parseDegrees(text)
    if (degrees === undefined) throw misfit(place, quoted(text), 'a number of degrees')
    takeDay(days, dayNumber(date), inFahrenheit(degrees, columns.unit), place)
  }
  return { row, end: () => {} }
}

/** A number as people write it; undefined for anything else. Not the 0x1f and Infinity that Number would take as well. */
export function parseDegrees(text: string): number | undefined {
  const degrees = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(degrees) ? degrees : undefined
}

/** A value in one of the units as °F. */
export function inFahrenheit(value: number, unit: Unit): number {
  if (unit === 'F') return value
  return fahrenheit(unit === 'tenths' ? value / 10 : value)
}

function findColumns(names: readonly string[], said: Unit | undefined) {
  const date = names.indexOf('date')
  const units = { tmax_f: 'F', tmax_c: 'C', ...(said && { tmax: said }) } as const
  const found = Object.entries(units).filter(([name]) => names.includes(name))
  const [name, unit] = found[0] ?? []
  const isOnce = names.filter((other) => other === 'date' || other === name).length === 2
  if (!name || !unit || found.length !== 1 || !isOnce) return undefined
  return { date, degrees: names.indexOf(name), unit: unit as Unit }
}
