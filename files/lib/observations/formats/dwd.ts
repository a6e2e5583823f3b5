import { quoted } from '../../core/quoted.ts'
import { collect } from '../collector.ts'
import { checkLength, placeOf } from '../csv-row.ts'
import { parseDay } from '../date-text.ts'
import type { Format } from '../format.ts'
import { formatError } from '../format-error.ts'

const columns = ['stations_id', 'mess_datum', 'qn_4', 'txk'] as const

// 1, 2 and 3 are of checks that are not finished, the others of finished ones. A value that failed is not in the file.
const qualityLevels = ['1', '2', '3', '5', '7', '8', '9', '10']

/**
 * Daily climate data (KL) of Germany's weather service, `produkt_klima_tag_….txt`: padded, separated by semicolons, TXK the
 * highest temperature in °C, -999 for missing, QN_4 the level of quality that its temperatures were checked at.
 */
export const dwd: Format = {
  name: 'DWD daily climate data (KL)',
  dataset: 'DWD Climate Data Center',
  unit: 'C',
  detect: ({ header }) => columns.every((name) => header?.names.includes(name)),
  async read({ head, rows }, collector) {
    const { names } = head.header!
    const { source } = collector
    const [id, date, quality, txk] = columns.map((name) => names.indexOf(name)) as [
      number,
      number,
      number,
      number,
    ]
    await rows((row) => {
      checkLength(source, row, names.length)
      const place = (field: number) => placeOf(source, row, field)
      const text = (field: number) => row.fields[field]!.trim()
      if (!/^\d{1,5}$/.test(text(id))) throw formatError(place(id), quoted(text(id)), 'a station')
      const [level, value] = [text(quality), text(txk)]
      const isMissing = Number(value) === -999
      if (!isMissing && !qualityLevels.includes(level))
        throw formatError(place(quality), quoted(level), `a level of quality: ${qualityLevels.join(', ')}`)
      collect(collector, {
        station: text(id).padStart(5, '0'),
        day: parseDay(text(date), place(date)),
        value: isMissing ? undefined : value,
        place: place(txk),
      })
    })
  },
}
