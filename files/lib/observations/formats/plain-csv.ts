import type { Unit } from '../../weather/unit.ts'
import { collect, declareUnit } from '../collector.ts'
import { unitUnknown } from '../column-unit.ts'
import { checkLength, placeOf } from '../csv-row.ts'
import { parseDay } from '../date-text.ts'
import { dayText } from '../days.ts'
import type { Format } from '../format.ts'
import { formatError } from '../format-error.ts'

const units = { tmax_f: 'F', tmax_c: 'C', tmax: undefined } as const

/**
 * CSV with a header: a column `date` and one of `tmax_f`, `tmax_c` and `tmax`. Other columns are passed over.
 *
 * A file of one's own is to be right: what is no date or no number, or is dated on or before an earlier row, stops it.
 */
export const plainCsv: Format = {
  name: 'CSV with a header',
  detect: ({ header }) => header !== undefined && findColumns(header.names) !== undefined,
  async read({ head, rows }, collector) {
    const { names } = head.header!
    const { date, degrees, name, unit } = findColumns(names)!
    const { source } = collector
    if (unit) declareUnit(collector, unit, `its column ${name}`)
    else if (!collector.options.unit) throw unitUnknown(source, 'its column tmax')
    let last = 0
    await rows((row) => {
      checkLength(source, row, names.length)
      const place = placeOf(source, row, date)
      const day = parseDay(row.fields[date]!, place)
      if (day <= last)
        throw formatError(place, `${dayText(day)} comes after ${dayText(last)}`, 'ascending dates')
      last = day
      collect(collector, { day, value: row.fields[degrees], place: placeOf(source, row, degrees) })
    })
  },
}

type Columns = { date: number; degrees: number; name: string; unit: Unit | undefined }

function findColumns(names: readonly string[]): Columns | undefined {
  const [found, other] = Object.entries(units).filter(([name]) => names.includes(name))
  if (!found || other) return undefined
  const [name, unit] = found
  const isOnce = names.filter((other) => other === 'date' || other === name).length === 2
  const date = names.indexOf('date')
  return isOnce && date >= 0 ? { date, degrees: names.indexOf(name), name, unit } : undefined
}
