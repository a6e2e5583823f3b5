import { OperatingError } from '../../core/program.ts'
import { declareUnit } from '../collector.ts'
import { unitOfSign } from '../column-unit.ts'
import type { Format } from '../format.ts'
import { findHeaderWith, type Head } from '../head.ts'
import { collectReadings } from '../readings.ts'

const [time, highTemp, anyTemp] = ['date & time', /^high temp - (.*)$/, /^temp - /]

/**
 * CSV of Davis's weatherlink.com: some lines on the station, then a header with `Date & Time`, local, and `High Temp - °F`
 * or `°C`, the highest since the record before. The order of the dates is the account's.
 */
export const weatherLink: Format = {
  name: 'WeatherLink CSV',
  detect: (head) => findColumns(head) !== undefined,
  async read({ head, rows }, collector) {
    const { source } = collector
    const header = findColumns(head)!
    const degrees = header.names.findIndex((name) => highTemp.test(name))
    if (degrees < 0) throw highTempMissing(source, header.line)
    const name = header.names[degrees]!
    const unit = unitOfSign(highTemp.exec(name)![1]!)
    if (unit) declareUnit(collector, unit, `its column '${name}'`)
    const columns = { header, delimiter: header.delimiter, time: header.names.indexOf(time), degrees }
    await collectReadings(rows, collector, { ...columns, stamped: 'at the end of its interval' })
  },
}

function findColumns(head: Head) {
  return findHeaderWith(
    head,
    [',', ';', '\t'],
    (names) => names.includes(time) && names.some((name) => anyTemp.test(name) || highTemp.test(name)),
  )
}

function highTempMissing(source: string, line: number): OperatingError {
  return new OperatingError(
    `${source}: line ${line}: the header of a WeatherLink CSV without a column High Temp: expected one, for the column ` +
      'Temp misses the highest between two records. Export all columns. Nothing has been sent.',
  )
}
