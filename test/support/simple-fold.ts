import { fromBinary } from '@bufbuild/protobuf'
import { ReportSchema } from '../../files/report_pb.ts'
import { hasMisplacedField } from './misplaced-field.ts'

const names = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** What a partition file must hold, added up in a simple way: one entry a month and year. */
export type SimpleFold = { offset: number; months: Map<string, MonthSums> }
type MonthSums = {
  name: string
  year: string
  count: number
  sum: number
  start: string
  end: string
  /** The dates counted. */
  dates: string[]
}

/** The date and degrees of a record that is a report; undefined for any other. No code of ours but the schema. */
export function simpleReport(
  key: Buffer | null,
  value: Buffer | null,
): { date: string; degrees: number } | undefined {
  if (!value) return undefined
  const report = readReport(value)
  if (!report) return undefined
  const { date, degrees } = report
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || date < '0001' || !Number.isFinite(degrees)) return undefined
  const time = Date.parse(`${date}T00:00:00Z`)
  // Date takes the 30th of February for the 1st of March, or for nothing.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date) return undefined
  return key?.equals(Buffer.from(names[Number(date.slice(5, 7)) - 1]!)) ? { date, degrees } : undefined
}

function readReport(value: Buffer): { date: string; degrees: number } | undefined {
  // What nearly all are: to ask protobuf a million times takes most of a test's time.
  if (value.length === 21 && value.readUInt16BE(0) === 0x0a0a && value[12] === 0x11)
    return { date: value.toString('latin1', 2, 12), degrees: value.readDoubleLE(13) }
  try {
    return hasMisplacedField(value) ? undefined : fromBinary(ReportSchema, value)
  } catch {
    return undefined
  }
}

/** Adds a report; returns false when it is refused because the sum would be no number. */
export function simpleAdd(fold: SimpleFold, { date, degrees }: { date: string; degrees: number }): boolean {
  const id = date.slice(0, 7)
  const month = fold.months.get(id)
  if (!month) {
    const name = names[Number(date.slice(5, 7)) - 1]!
    const year = date.slice(0, 4)
    fold.months.set(id, { name, year, count: 1, sum: degrees, start: date, end: date, dates: [date] })
    return true
  }
  if (date <= month.end) return true
  const sum = month.sum + degrees
  if (!Number.isFinite(sum)) return false
  Object.assign(month, { count: month.count + 1, sum, end: date })
  month.dates.push(date)
  return true
}

/** The partition file that this makes, as JSON.parse would give it. */
export function simpleFile({ offset, months }: SimpleFold, partition: number): object {
  const file: Record<string, unknown> = { partition, offset }
  for (const { name, year, count, sum, start, end } of months.values()) {
    const years = (file[name] ?? {}) as Record<string, object>
    years[year] = { count, sum: sum === 0 ? 0 : sum, avg: sum / count === 0 ? 0 : sum / count, end, start }
    file[name] = years
  }
  return file
}

/** The days between first and last one that were not counted, by month and year, of those that miss any. */
export function simpleMissingDays({ months }: SimpleFold): object {
  const all: Record<string, Record<string, number[]>> = {}
  for (const { name, year, start, end, dates } of months.values()) {
    const [first, last] = [start, end].map((date) => Number(date.slice(8))) as [number, number]
    const days = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    const missing = days.filter((day) => !dates.some((date) => Number(date.slice(8)) === day))
    if (missing.length > 0) all[name] = { ...all[name], [year]: missing }
  }
  return all
}
