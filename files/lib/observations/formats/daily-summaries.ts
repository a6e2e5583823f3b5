import { quoted } from '../../core/quoted.ts'
import { type Collector, collect, describeStation } from '../collector.ts'
import { checkLength, placeOf } from '../csv-row.ts'
import { parseDay } from '../date-text.ts'
import type { Place } from '../days.ts'
import { type Format, ghcnDaily } from '../format.ts'
import { formatError } from '../format-error.ts'
import { parseNumber } from '../number-text.ts'

/**
 * NOAA's daily summaries: CSV, a line a station and day, with columns STATION, DATE, TMAX, and TMAX_ATTRIBUTES with the
 * quality flag in second place.
 *
 * The archive has tenths of °C; orders from the web look alike and have tenths, °C or °F. So the values must tell their
 * unit.
 */
export const dailySummaries: Format = {
  name: 'NOAA daily summaries',
  dataset: ghcnDaily,
  detect: ({ header }) =>
    ['station', 'date', 'tmax'].every((name) => header?.names.includes(name)) &&
    new Set(header?.names).size === header?.names.length,
  async read({ head, rows }, collector) {
    const { names } = head.header!
    const { source } = collector
    const [station, date, tmax] = ['station', 'date', 'tmax'].map((name) => names.indexOf(name)) as Columns
    const attributes = names.indexOf('tmax_attributes')
    await rows((row) => {
      checkLength(source, row, names.length)
      const place = (field: number) => placeOf(source, row, field)
      const id = row.fields[station]!.trim()
      if (!/^[\w-]{1,20}$/.test(id)) throw formatError(place(station), quoted(id), 'a station')
      const day = parseDay(row.fields[date]!, place(date))
      const text = row.fields[tmax]!.trim()
      const value = text === '-9999' || text === '9999' ? undefined : text
      const isFlagged = attributes >= 0 && isFailed(row.fields[attributes]!, () => place(attributes))
      if (collect(collector, { station: id, day, value, isFlagged, place: place(tmax) }))
        describePlace(names, row.fields, collector)
    })
  },
}

type Columns = [station: number, date: number, tmax: number]

/** Takes the station's name and place from one of its rows. */
function describePlace(names: readonly string[], fields: readonly string[], collector: Collector): void {
  const field = (name: string) => fields[names.indexOf(name)]?.trim() ?? ''
  const [latitude, longitude, elevation] = ['latitude', 'longitude', 'elevation'].map((name) =>
    parseNumber(field(name)),
  )
  describeStation(collector, { name: field('name'), latitude, longitude, elevation })
}

/** Whether the attributes `measurement,quality,source` or `measurement,quality,source,time` hold a quality flag. */
function isFailed(attributes: string, place: () => Place): boolean {
  const parts = attributes.split(',')
  if (parts.length === 1 && parts[0]!.trim() === '') return false
  if (parts.length === 3 || parts.length === 4) return parts[1]!.trim() !== ''
  throw formatError(place(), quoted(attributes), 'attributes: measurement,quality,source[,time]')
}
