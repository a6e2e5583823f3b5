import { type Collector, describeStation } from '../collector.ts'
import { type Format, ghcnDaily } from '../format.ts'
import { parseNumber } from '../number-text.ts'
import { isTable, readTable } from '../table.ts'

/**
 * NOAA's daily summaries: CSV, a line a station and day, with columns STATION, DATE, TMAX, and the quality flag in second
 * place of TMAX_ATTRIBUTES or in a column of its own.
 *
 * The archive has tenths of °C; orders from the web look alike and have tenths, °C or °F. So the values must tell their
 * unit.
 */
export const dailySummaries: Format = {
  name: 'NOAA daily summaries',
  dataset: ghcnDaily,
  hasNamedColumns: true,
  detect: (head, options) =>
    ['station', 'date', 'tmax'].every((name) => head.header?.names.includes(name)) && isTable(head, options),
  async read(content, collector) {
    const { names } = content.head.header!
    collector.mayTellUnit = true
    await readTable(content, collector, {
      isInAnyOrder: true,
      describe: (fields) => describePlace(names, fields, collector),
    })
  },
}

/** Takes the station's name and place from one of its rows. */
function describePlace(names: readonly string[], fields: readonly string[], collector: Collector): void {
  const field = (name: string) => fields[names.indexOf(name)]?.trim() ?? ''
  const [latitude, longitude, elevation] = ['latitude', 'longitude', 'elevation'].map((name) =>
    parseNumber(field(name)),
  )
  describeStation(collector, { name: field('name'), latitude, longitude, elevation })
}
