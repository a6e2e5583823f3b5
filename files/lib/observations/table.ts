import { quoted } from '../core/quoted.ts'
import { type Collector, collect, declareUnit, type FormatOptions } from './collector.ts'
import { chooseHighest, findDate, findHighest, findStation } from './columns.ts'
import type { Content } from './content.ts'
import { checkLength, placeOf, type Row } from './csv-row.ts'
import { startDates } from './date-text.ts'
import { dayText, type Place } from './days.ts'
import { formatError } from './format-error.ts'
import { firstRows, type Head } from './head.ts'
import { startLowest } from './lowest.ts'
import { findQuality, startQuality } from './quality.ts'

/** What formats that have a table know of it. */
type TableOptions = {
  /** Whether a day may stand in it twice, and days in any order. */
  isInAnyOrder: boolean
  /** Is given each row of the station wanted. */
  describe?: (fields: readonly string[]) => void
}

/** Whether a file has a header with a column of days and one of highest temperatures. */
export function isTable({ header }: Head, options: FormatOptions): boolean {
  if (!header) return false
  return findDate(header.names) !== undefined && findHighest(header.names, options).length > 0
}

/**
 * Reads a CSV with a header, a row a day, or a row a station and day.
 *
 * @throws OperatingError for what is no day or no number, a row with more or fewer fields than the header, and a column
 *   whose meaning must be said
 */
export async function readTable(
  { head, rows }: Content,
  collector: Collector,
  table: TableOptions,
): Promise<void> {
  const { source, options } = collector
  const { names } = head.header!
  const dateIndex = findDate(names)!
  const degrees = chooseHighest(source, findHighest(names, options), options)
  const station = findStation(names, dateIndex, firstRows(head))
  collector.isTable = true
  if (degrees.unit) declareUnit(collector, degrees.unit, `its column ${degrees.name}`)
  const quality = startQuality(source, findQuality(names, degrees), options.goodFlags)
  const lowest = startLowest(source, names, degrees, collector.missing)
  const dates = startDates(source, options.dateOrder)
  const order = table.isInAnyOrder ? undefined : startOrder()
  let [id, part] = ['', 0]
  await rows((row) => {
    if (isHeader(row, names)) {
      part++
      return
    }
    // A spreadsheet writes such rows below its last one.
    if (row.fields.every((field) => field.trim() === '')) return
    checkLength(source, row, names.length)
    const [value, place] = [row.fields[degrees.index]!, placeOf(source, row, degrees.index)]
    const isFlagged = quality.isFlagged(row)
    // A spreadsheet writes the name of a group of rows once.
    id = (station && row.fields[station.index]!.trim()) || id
    if (id.length > longestId)
      throw formatError(placeOf(source, row, station!.index), quoted(id), 'a station')
    const observation = { ...(station && { station: id }), value, isFlagged, place }
    const [datePlace, datePart] = [placeOf(source, row, dateIndex), part]
    dates.take(row.fields[dateIndex]!, datePlace, (day) => {
      if (!collect(collector, { ...observation, day })) return
      order?.check(day, datePlace, datePart)
      quality.count(isFlagged)
      if (!isFlagged) lowest.take(row)
      table.describe?.(row.fields)
    })
  })
  dates.finish()
  quality.finish()
  lowest.finish()
}

const longestId = 80

/** Whether a row is the header again, as in files that were put together. */
function isHeader({ fields }: Row, names: readonly string[]): boolean {
  return (
    fields.length === names.length &&
    fields.every((field, index) => field.trim().toLowerCase() === names[index])
  )
}

/** Checks that days go up or go down, each once. The part below a further header may begin anew. */
function startOrder() {
  const seen = new Map<number, number>()
  let [last, direction, lastPart] = [0, 0, 0]
  return {
    check(day: number, place: Place, part: number): void {
      const earlier = seen.get(day)
      if (earlier !== undefined)
        throw formatError(
          place,
          `${dayText(day)} is in line ${earlier} already`,
          'one row a day, with the highest temperature of that day',
        )
      seen.set(day, place.line)
      if (part !== lastPart) [last, direction, lastPart] = [0, 0, part]
      const turn = last === 0 ? 0 : Math.sign(day - last)
      if (turn * direction < 0)
        throw formatError(
          place,
          `${dayText(day)} comes after ${dayText(last)}`,
          'days that go up, or down, to the end',
        )
      direction ||= turn
      last = day
    },
  }
}
