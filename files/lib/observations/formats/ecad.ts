import { quoted } from '../../core/quoted.ts'
import { collect, describeStation } from '../collector.ts'
import { checkLength, placeOf } from '../csv-row.ts'
import { parseDay } from '../date-text.ts'
import type { Format } from '../format.ts'
import { formatError } from '../format-error.ts'
import { findHeaderWith, type Head } from '../head.ts'

const columns = ['staid', 'souid', 'date', 'tx', 'q_tx'] as const

/**
 * European Climate Assessment & Dataset, `TX_STAID….txt`: some lines of text, then CSV: station, source, date, highest
 * temperature in tenths of °C, and its quality: 0 valid, 1 suspect, 9 missing.
 */
export const ecad: Format = {
  name: 'ECA&D TX',
  dataset: 'ECA&D',
  unit: 'tenths',
  detect: (head) => findHeader(head) !== undefined,
  async read({ head, rows }, collector) {
    const { source } = collector
    const { endLine, delimiter } = findHeader(head)!
    const [, name] = /^This is .*series of station (.+) \(STAID: *\d+\)/m.exec(head.lines.join('\n')) ?? []
    const take: Parameters<typeof rows>[0] = (row) => {
      checkLength(source, row, columns.length)
      const place = (field: number) => placeOf(source, row, field)
      const [station, , date, value, quality] = row.fields.map((field) => field.trim()) as [
        string,
        string,
        string,
        string,
        string,
      ]
      if (!/^\d{1,6}$/.test(station)) throw formatError(place(0), quoted(station), 'a station')
      if (!/^-?\d{1,5}$/.test(value)) throw formatError(place(3), quoted(value), 'a whole number')
      if (!/^[019]$/.test(quality)) throw formatError(place(4), quoted(quality), 'a quality of 0, 1 or 9')
      const isMissing = value === '-9999' || quality === '9'
      const isWanted = collect(collector, {
        station,
        day: parseDay(date, place(2)),
        value: isMissing ? undefined : value,
        isFlagged: quality === '1',
        place: place(3),
      })
      if (isWanted && name) describeStation(collector, { name })
    }
    await rows(take, { below: endLine, delimiter })
  },
}

function findHeader(head: Head) {
  return findHeaderWith(head, [','], (names) => names.join() === columns.join())
}
