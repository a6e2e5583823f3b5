/*
 * The statistics counted a second time, for verify.ts: by other means than the consumer's, so that a mistake there cannot
 * repeat itself here. It imports nothing of the consumer's fold or of its decoding: the usual report is read place by place,
 * any other by the protobuf library; days come from JavaScript's own calendar; a month is an object.
 */
import { fromBinary } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { ReportSchema } from '../../report_pb.ts'
import { quoted } from '../core/quoted.ts'
import { viewOf } from '../core/view-of.ts'
import { type RecordReader, recordBytesMax } from '../kafka/record-batch.ts'

/** A record of the log: its offset, and where its key and value stand in `bytes`; a start of -1 means null. */
export type LoggedRecord = Pick<
  RecordReader,
  'bytes' | 'offset' | 'keyStart' | 'keyEnd' | 'valueStart' | 'valueEnd' | 'excessiveBytes'
>

/** What a record is to the statistics: late is a report whose date was never counted, yet lies before `end`. */
export type Kind = 'counted' | 'duplicate' | 'late' | 'refused' | 'aborted'

/** The same, in full. */
export type Verdict =
  | { kind: 'counted' | 'duplicate' | 'late'; month: string; date: string; degrees: number }
  | { kind: 'refused'; reason: string }
  | { kind: 'aborted' }

/** A month of one year as its partition file has it. */
export type MonthStats = { count: number; sum: number; avg: number; end: string; start: string }

/** What is known of a month of one year while it is counted. */
type Month = {
  name: string
  year: number
  month: number
  /** How many days it has. */
  length: number
  count: number
  sum: number
  first: number
  last: number
  /** The days counted, a bit a day, to tell duplicates from late reports. */
  days: number
}

type Day = { year: number; month: number; day: number }

/** Room for what one record holds. Degrees are in an array of doubles: a field would be a new object for each record. */
type Report = Day & { degrees: Float64Array }

export type Recount = {
  /** In the order of the log's first mention, by year and month. */
  months: Map<number, Month>
  tally: Record<Kind, number>
  /** What the last record held; its month, where it was a report. */
  report: Report
  lastMonth: Month | undefined
  /** Why the last record was refused, if it was. */
  reason: string
}

export function emptyRecount(): Recount {
  return {
    months: new Map(),
    tally: { counted: 0, duplicate: 0, late: 0, refused: 0, aborted: 0 },
    report: emptyReport(),
    lastMonth: undefined,
    reason: '',
  }
}

function emptyReport(): Report {
  return { year: 0, month: 0, day: 0, degrees: new Float64Array(1) }
}

/**
 * Adds a record to a recount, and tells what it was.
 *
 * @param isAborted whether its transaction was aborted: it does not count, whatever it is
 */
export function recount(state: Recount, record: LoggedRecord, isAborted: boolean): Kind {
  const kind = isAborted ? 'aborted' : count(state, record)
  state.tally[kind] += 1
  return kind
}

/** What the last record was, in full. */
export function verdictOf({ report, lastMonth, reason }: Recount, kind: Kind): Verdict {
  if (kind === 'aborted') return { kind }
  if (kind === 'refused') return { kind, reason }
  return { kind, month: lastMonth!.name, date: dateOf(report), degrees: report.degrees[0]! }
}

/** The date of a record that is a report, under whatever key; undefined for any other. */
export function dateIn(record: LoggedRecord): string | undefined {
  const report = emptyReport()
  return decode(record, report) === undefined ? dateOf(report) : undefined
}

/** The months counted, one after the other, by name and year as partition files have them. */
export function* statsOf({ months }: Recount): Generator<[month: string, year: string, stats: MonthStats]> {
  for (const { name, year, month, count, sum, first, last } of months.values()) {
    if (count === 0) continue
    const yearText = String(year).padStart(4, '0')
    const start = `${yearText}-${twoDigitTexts[month]}-${twoDigitTexts[first]}`
    const end = `${yearText}-${twoDigitTexts[month]}-${twoDigitTexts[last]}`
    yield [name, yearText, { count, sum, avg: sum / count, end, start }]
  }
}

/** How many months were counted, and the first and last year of them; undefined without any. */
export function extentOf({ months }: Recount): { months: number; first: number; last: number } | undefined {
  const extent = { months: 0, first: Number.POSITIVE_INFINITY, last: 0 }
  for (const { year, count } of months.values()) {
    if (count === 0) continue
    extent.months += 1
    extent.first = Math.min(extent.first, year)
    extent.last = Math.max(extent.last, year)
  }
  return extent.months > 0 ? extent : undefined
}

/** All of them, as a partition file has them. */
export function monthsOf(state: Recount): Record<string, Record<string, MonthStats>> {
  const all: Record<string, Record<string, MonthStats>> = {}
  for (const [month, year, stats] of statsOf(state)) {
    all[month] ??= {}
    all[month][year] = stats
  }
  return all
}

/** The days of each month between its first and last one that were not counted, of months that miss any. */
export function* missingDaysOf({ months }: Recount): Generator<Span & { missing: number[] }> {
  for (const { name, year, first, last, days } of months.values()) {
    const missing: number[] = []
    for (let day = first + 1; day < last; day++) if ((days & (1 << day)) === 0) missing.push(day)
    if (missing.length > 0) yield { name, year: String(year).padStart(4, '0'), first, last, missing }
  }
}

type Span = { name: string; year: string; first: number; last: number }

/** Whether any day of that month was counted. */
export function hasMonth({ months }: Recount, month: string, year: string): boolean {
  return (months.get(monthId(Number(year), names.indexOf(month) + 1))?.count ?? 0) > 0
}

function count(state: Recount, record: LoggedRecord): Kind {
  const { report } = state
  const refusal = decode(record, report)
  if (refusal !== undefined) return refuse(state, refusal)
  const month = monthOf(state, report)
  if (!month) return refuse(state, `'${dateOf(report)}' is not a day of the calendar`)
  const degrees = report.degrees[0]!
  if (!Number.isFinite(degrees)) return refuse(state, `degrees are ${degrees}`)
  if (!isKey(record, month.name)) return refuse(state, describeKey(record, month.name))
  const day = 1 << report.day
  if (report.day <= month.last) return (month.days & day) !== 0 ? 'duplicate' : 'late'
  const sum = month.sum + degrees
  if (!Number.isFinite(sum)) return refuse(state, 'the sum of its month would be infinite')
  if (month.count === 0) month.first = report.day
  month.count += 1
  month.sum = sum
  month.last = report.day
  month.days |= day
  return 'counted'
}

function refuse(state: Recount, reason: string): Kind {
  state.reason = reason
  return 'refused'
}

const twoDigitTexts = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'))

const names = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** Finds the month of a report, or makes it; undefined when it has no such day. */
function monthOf(state: Recount, { year, month, day }: Report): Month | undefined {
  const known = state.lastMonth
  const found = known?.year === year && known.month === month ? known : lookUpMonth(state, year, month)
  state.lastMonth = found
  return found && day >= 1 && day <= found.length ? found : undefined
}

function lookUpMonth({ months }: Recount, year: number, month: number): Month | undefined {
  if (year < 1 || month < 1 || month > 12) return undefined
  const id = monthId(year, month)
  const known = months.get(id)
  if (known) return known
  // The day before the next month's first one. Of years below 100 Date.UTC would make others.
  const length = new Date(new Date(0).setUTCFullYear(year, month, 0)).getUTCDate()
  const name = names[month - 1]!
  const made: Month = { name, year, month, length, count: 0, sum: 0, first: 0, last: 0, days: 0 }
  months.set(id, made)
  return made
}

function monthId(year: number, month: number): number {
  return year * 100 + month
}

/** Reads a record's value; returns why it is no report, if it is none. Its day may be none of the calendar. */
function decode(record: LoggedRecord, into: Report): string | undefined {
  const { bytes, valueStart, valueEnd, excessiveBytes } = record
  if (excessiveBytes > 0) return tooLong('record', excessiveBytes, recordBytesMax)
  if (valueStart < 0) return 'there is no value'
  if (readUsual(bytes, valueStart, valueEnd, into)) return undefined
  if (valueEnd - valueStart > partBytesMax) return tooLong('value', valueEnd - valueStart, partBytesMax)
  return readAny(bytes.subarray(valueStart, valueEnd), into)
}

// Report in 21 bytes: 0a 0a, the date's 10 characters, 11, and the degrees as a double, lowest byte first.
const usualLength = 21

function readUsual(bytes: Buffer, start: number, end: number, into: Report): boolean {
  if (end - start !== usualLength || bytes[start] !== 0x0a || bytes[start + 1] !== 0x0a) return false
  if (bytes[start + 6] !== 0x2d || bytes[start + 9] !== 0x2d || bytes[start + 12] !== 0x11) return false
  into.year = twoDigits(bytes, start + 2) * 100 + twoDigits(bytes, start + 4)
  into.month = twoDigits(bytes, start + 7)
  into.day = twoDigits(bytes, start + 10)
  if (into.year < 0 || into.month < 0 || into.day < 0) return false
  into.degrees[0] = viewOf(bytes).getFloat64(start + 13, true)
  return true
}

/** Reads two decimal digits; what has others gives so little that no year is above 0 with it. */
function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [bytes[at]! - 0x30, bytes[at + 1]! - 0x30]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10_000
}

function readAny(value: Buffer, into: Report): string | undefined {
  try {
    // The library does not look whether a field has the wire type of its schema; unknown fields it would keep, each.
    // It must not see what StrictReader refuses.
    const misplaced = misplacedField(value)
    if (misplaced) return misplaced
    const { date, degrees } = fromBinary(ReportSchema, value, { readUnknownFields: false })
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? []
    if (!year) return `${quoted(date)} is not a day of the calendar`
    Object.assign(into, { year: Number(year), month: Number(month), day: Number(day) })
    into.degrees[0] = degrees
    return undefined
  } catch (error) {
    return `the value is no Report (${(error as Error).message})`
  }
}

function misplacedField(value: Buffer): string | undefined {
  for (const reader = new StrictReader(value); reader.pos < reader.len; ) {
    const [number, wireType] = reader.tag()
    if (number === 1 && wireType !== WireType.LengthDelimited) return 'the date is no text in protobuf'
    if (number === 2 && wireType !== WireType.Bit64) return 'the degrees are no double in protobuf'
    reader.skip(wireType, number)
  }
  return undefined
}

/** Refuses what protobuf's other parsers do: varints of more than 10 bytes, and tags and lengths beyond 32 bits or 5 bytes. */
class StrictReader extends BinaryReader {
  override uint32 = () => {
    const start = this.pos
    const value = Number(this.uint64())
    if (this.pos - start > 5 || value >= 2 ** 32) throw new Error('a tag or length beyond 32 bits')
    return value
  }

  override skip(wireType: WireType, fieldNumber?: number, depthLeft?: number): Uint8Array {
    const start = this.pos
    if (wireType === WireType.Varint) this.uint64() // throws beyond 10 bytes
    this.pos = start
    return super.skip(wireType, fieldNumber, depthLeft)
  }
}

// No report has a key or value so long.
const partBytesMax = 1024 * 1024

function tooLong(what: string, length: number, lengthMax: number): string {
  return `the ${what} has ${length} bytes, expected at most ${lengthMax}`
}

function isKey({ bytes, keyStart, keyEnd }: LoggedRecord, name: string): boolean {
  if (keyStart < 0 || keyEnd - keyStart !== name.length) return false
  for (let i = 0; i < name.length; i++) if (bytes[keyStart + i] !== name.charCodeAt(i)) return false
  return true
}

function describeKey({ keyStart, keyEnd }: LoggedRecord, name: string): string {
  const length = keyStart < 0 ? 0 : keyEnd - keyStart
  return length > partBytesMax ? tooLong('key', length, partBytesMax) : `the key is not ${name}`
}

function dateOf({ year, month, day }: Day): string {
  return `${String(year).padStart(4, '0')}-${twoDigitTexts[month]}-${twoDigitTexts[day]}`
}
