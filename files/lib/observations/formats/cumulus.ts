import { quoted } from '../../core/quoted.ts'
import { collect } from '../collector.ts'
import { placeOf, type Row } from '../csv-row.ts'
import type { Place } from '../days.ts'
import type { Format } from '../format.ts'
import { formatError } from '../format-error.ts'
import { firstText } from '../head.ts'
import { parseNumber } from '../number-text.ts'
import { dayOfWritten, findDateOrder, readWrittenDate, type WrittenDate } from '../written-date.ts'

const [lowest, lowestTime, highest, highestTime] = [4, 5, 6, 7]
const start = /^"?\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"?([,;\t])/
const clockTime = /^\d{1,2}:\d\d$/
// What Cumulus writes when it had no reading.
const noReading = -999

/**
 * `dayfile.txt` of Cumulus and CumulusMX: a line a day without a header; the date, and from the fifth field on the lowest
 * temperature, its time, the highest one and its time. The separators follow the machine's language, and no unit is named.
 *
 * The program writes the day first. But these files are mended in spreadsheets, which turn it round.
 */
export const cumulus: Format = {
  name: 'Cumulus dayfile.txt',
  detect(head) {
    const text = firstText(head)
    const fields = text.split(start.exec(text)?.[1] ?? '\n').map((field) => field.trim())
    return [lowestTime, highestTime].every((field) => clockTime.test(fields[field] ?? ''))
  },
  async read({ head, rows }, collector) {
    const { source, options } = collector
    const delimiter = start.exec(firstText(head))![1]!
    const found: { date: WrittenDate; value: string; place: Place }[] = []
    await rows(
      (row) => {
        checkFields(source, row)
        const date = readWrittenDate(row.fields[0]!.trim(), placeOf(source, row, 0))
        found.push({ date, value: row.fields[highest]!.trim(), place: placeOf(source, row, highest) })
      },
      { below: 0, delimiter },
    )
    const order = findDateOrder(
      found.map(({ date }) => date),
      { source, asked: options.dateOrder, hint: 'Cumulus itself writes the day first.' },
    )
    for (const { date, value, place } of found) {
      const isMissing = (parseNumber(value) ?? 0) <= noReading
      collect(collector, {
        day: dayOfWritten(date, order),
        value: isMissing ? undefined : value,
        place,
      })
    }
  },
}

/** Checks that the line has its temperatures where they are looked for. */
function checkFields(source: string, row: Row): void {
  const [low, lowTime, high, highTime] = row.fields
    .slice(lowest, highestTime + 1)
    .map((field) => field.trim())
  const place = placeOf(source, row, Math.min(highest, row.fields.length - 1))
  if (low === undefined || lowTime === undefined || high === undefined || highTime === undefined)
    throw formatError(place, `${row.fields.length} fields`, 'at least 8, as a dayfile.txt has')
  for (const [field, text] of [
    [lowestTime, lowTime],
    [highestTime, highTime],
  ] as const)
    if (!clockTime.test(text))
      throw formatError(placeOf(source, row, field), quoted(text), 'a time, such as 14:07')
  const [lowNumber, highNumber] = [parseNumber(low), parseNumber(high)]
  if (lowNumber === undefined || highNumber === undefined || highNumber <= noReading) return
  if (lowNumber > highNumber && Math.abs(lowNumber) < -noReading)
    throw formatError(
      place,
      `the highest temperature ${high} is below the lowest ${low}`,
      'them the other way round',
    )
}
