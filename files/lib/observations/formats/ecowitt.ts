import { declareUnit } from '../collector.ts'
import { unitOfSign } from '../column-unit.ts'
import type { Format } from '../format.ts'
import { collectReadings } from '../readings.ts'

const outdoor = /^outdoor temperature *(?:\((.*)\))?$/

/**
 * CSV of Ecowitt's consoles and gateways: a line each few minutes, with columns `Time`, local, and
 * `Outdoor Temperature(℃)` with the unit in the bracket. Its values are of the moment.
 */
export const ecowitt: Format = {
  name: 'Ecowitt CSV',
  detect: ({ header }) => header !== undefined && findColumns(header.names) !== undefined,
  async read({ head, rows }, collector) {
    const header = head.header!
    const { time, degrees } = findColumns(header.names)!
    const name = header.names[degrees]!
    const unit = unitOfSign(outdoor.exec(name)![1] ?? '')
    if (unit) declareUnit(collector, unit, `its column '${name}'`)
    await collectReadings(rows, collector, { header, time, degrees, stamped: 'at its moment' })
  },
}

function findColumns(names: readonly string[]): { time: number; degrees: number } | undefined {
  const [time, degrees] = [names.indexOf('time'), names.findIndex((name) => outdoor.test(name))]
  const isOnce = names.filter((name) => name === 'time' || outdoor.test(name)).length === 2
  return isOnce && time >= 0 && degrees >= 0 ? { time, degrees } : undefined
}
