/*
 * The statistics counted a second time, for verify.ts: by other means than the consumer's (plain objects, the protobuf
 * library, dates as texts), so that a mistake there cannot repeat itself here. It imports nothing of the consumer's fold.
 */
import { fromBinary } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { ReportSchema } from '../report_pb.ts'
import { recordBytesMax } from './kafka/record-batch.ts'
import { quoted } from './quoted.ts'
import type { ReplayedRecord } from './replay.ts'

/** What a record of the log is to the statistics: late is a report whose date was never counted, yet lies before `end`. */
export type Verdict =
  | { kind: 'counted' | 'duplicate' | 'late'; month: string; date: string; degrees: number }
  | { kind: 'refused'; reason: string }
  | { kind: 'aborted' }

export type MonthStats = { count: number; sum: number; avg: number; end: string; start: string }
export type Recount = {
  months: Record<string, Record<string, MonthStats>>
  /** The days counted of each `YYYY-MM`, a bit a day, to tell duplicates from late reports. */
  days: Map<string, number>
  tally: Record<Verdict['kind'], number>
}

export function emptyRecount(): Recount {
  return { months: {}, days: new Map(), tally: { counted: 0, duplicate: 0, late: 0, refused: 0, aborted: 0 } }
}

/** Adds a record to a recount, and tells what it was. */
export function recount(state: Recount, record: ReplayedRecord): Verdict {
  const verdict = judge(state, record)
  state.tally[verdict.kind] += 1
  return verdict
}

/** The date of a record that is a report, and not aborted; undefined for any other. */
export function dateOf({ value, isAborted }: ReplayedRecord): string | undefined {
  const report = isAborted ? '' : decode(value)
  return typeof report !== 'string' && isDay(report.date) ? report.date : undefined
}

const names = 'January February March April May June July August September October November December'.split(
  ' ',
)

function judge(state: Recount, { key, value, isAborted, excessiveBytes }: ReplayedRecord): Verdict {
  if (isAborted) return { kind: 'aborted' }
  if (excessiveBytes > 0)
    return { kind: 'refused', reason: tooLong('record', excessiveBytes, recordBytesMax) }
  const report = decode(value)
  if (typeof report === 'string') return { kind: 'refused', reason: report }
  const { date, degrees } = report
  if (!isDay(date)) return { kind: 'refused', reason: `${quoted(date)} is not a day of the calendar` }
  const month = names[Number(date.slice(5, 7)) - 1]!
  if (!Number.isFinite(degrees)) return { kind: 'refused', reason: `degrees are ${degrees}` }
  if (key && key.length > partBytesMax)
    return { kind: 'refused', reason: tooLong('key', key.length, partBytesMax) }
  if (key?.toString('latin1') !== month) return { kind: 'refused', reason: `the key is not ${month}` }
  state.months[month] ??= {}
  const years = state.months[month]
  const stats = years[date.slice(0, 4)]
  const days = state.days.get(date.slice(0, 7)) ?? 0
  const day = 1 << Number(date.slice(8))
  if (stats && date <= stats.end) return { kind: days & day ? 'duplicate' : 'late', month, date, degrees }
  const sum = (stats?.sum ?? 0) + degrees
  if (!Number.isFinite(sum)) return { kind: 'refused', reason: 'the sum of its month would be infinite' }
  const count = (stats?.count ?? 0) + 1
  years[date.slice(0, 4)] = { count, sum, avg: sum / count, end: date, start: stats?.start ?? date }
  state.days.set(date.slice(0, 7), days | day)
  return { kind: 'counted', month, date, degrees }
}

function decode(value: Buffer | null): { date: string; degrees: number } | string {
  if (!value) return 'there is no value'
  if (value.length > partBytesMax) return tooLong('value', value.length, partBytesMax)
  try {
    // The library does not look whether a field has the wire type of its schema; unknown fields it would keep, each.
    return misplacedField(value) ?? fromBinary(ReportSchema, value, { readUnknownFields: false })
  } catch (error) {
    return `the value is no Report (${(error as Error).message})`
  }
}

function misplacedField(value: Buffer): string | undefined {
  for (const reader = new BinaryReader(value); reader.pos < reader.len; ) {
    const [number, wireType] = reader.tag()
    if (number === 1 && wireType !== WireType.LengthDelimited) return 'the date is no text in protobuf'
    if (number === 2 && wireType !== WireType.Bit64) return 'the degrees are no double in protobuf'
    reader.skip(wireType, number)
  }
  return undefined
}

// No report has a key or value so long.
const partBytesMax = 1024 * 1024

function tooLong(what: string, length: number, lengthMax: number): string {
  return `the ${what} has ${length} bytes, expected at most ${lengthMax}`
}

/** Whether a text is a date, YYYY-MM-DD, whose day JavaScript's own calendar does not move into the next month. */
function isDay(date: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || date < '0001') return false
  return new Date(date).getUTCDate() === Number(date.slice(8))
}
