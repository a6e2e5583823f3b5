import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { type Report, ReportSchema } from '../report_pb.ts'
import { daysInMonth, monthNames, parseDate } from './calendar.ts'

/** Room for one decoded report; reused from record to record, for millions of them are decoded a second. */
export type DecodedReport = { year: number; month: number; day: number; degrees: number }

/** Encodes a day's report, `degrees` in °F, as the value of a record. */
export function encodeReport(date: string, degrees: number): Buffer {
  return Buffer.from(toBinary(ReportSchema, create(ReportSchema, { date, degrees })))
}

/**
 * Decodes a record's key and value and checks that they make a report.
 *
 * The usual form, 21 bytes with the fields in order, is read in place; any other valid protobuf form by the
 * protobuf library, with the same result.
 *
 * @param bytes what the ranges point into; a start of -1 means null
 * @param into overwritten; holds no report when this returns a reason
 * @returns undefined when this is a report, else the reason why the record is refused
 */
export function decodeReport(
  bytes: Buffer,
  keyStart: number,
  keyEnd: number,
  valueStart: number,
  valueEnd: number,
  into: DecodedReport,
): string | undefined {
  if (valueStart < 0) return 'it has no value'
  if (!readUsualForm(bytes, valueStart, valueEnd, into)) {
    const refusal = readAnyForm(bytes.subarray(valueStart, valueEnd), into)
    if (refusal) return refusal
  }
  if (!Number.isFinite(into.degrees)) return `its degrees are ${into.degrees}`
  if (keyStart >= 0 && isMonthName(bytes, keyStart, keyEnd, into.month)) return undefined
  const key = keyStart < 0 ? 'null' : `'${shorten(bytes.toString('utf8', keyStart, keyEnd))}'`
  return `its key is ${key}, expected '${monthNames[into.month - 1]}'`
}

/** Length of the usual form. */
export const usualLength = 21
const dateTag = 0x0a // field 1, length-delimited
/** Stands before the degrees: field 2, 64 bits. */
export const degreesTag = 0x11
const noDigits = -10_000

/** Reads `0a 0a YYYY-MM-DD 11 <double>`; returns false, having read nothing of use, for any other form or day. */
function readUsualForm(bytes: Buffer, start: number, end: number, into: DecodedReport): boolean {
  if (end - start !== usualLength || bytes[start] !== dateTag || bytes[start + 1] !== 10) return false
  if (bytes[start + 12] !== degreesTag || bytes[start + 6] !== 0x2d || bytes[start + 9] !== 0x2d) return false
  const year = readTwoDigits(bytes, start + 2) * 100 + readTwoDigits(bytes, start + 4)
  const month = readTwoDigits(bytes, start + 7)
  const day = readTwoDigits(bytes, start + 10)
  // What a byte that is no digit gives is below 1, whatever the other bytes are.
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return false
  into.year = year
  into.month = month
  into.day = day
  into.degrees = viewOf(bytes).getFloat64(start + 13, true)
  return true
}

function readTwoDigits(bytes: Buffer, position: number): number {
  const tens = bytes[position]! - 0x30
  const ones = bytes[position + 1]! - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : noDigits
}

let viewed: Buffer = Buffer.alloc(0)
let view: DataView = new DataView(viewed.buffer)

/** A view of the bytes, kept while they stay the same: it reads a double several times as fast as a Buffer does. */
export function viewOf(bytes: Buffer): DataView {
  if (bytes !== viewed) {
    viewed = bytes
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }
  return view
}

function readAnyForm(value: Buffer, into: DecodedReport): string | undefined {
  let report: Report
  try {
    report = fromBinary(ReportSchema, value)
  } catch (error) {
    return `its value is no Report (${(error as Error).message})`
  }
  const date = parseDate(report.date)
  if (!date) return `its date '${shorten(report.date)}' is not a day of the calendar, YYYY-MM-DD`
  Object.assign(into, date)
  into.degrees = report.degrees
  return undefined
}

const monthNameBytes = monthNames.map((name) => Buffer.from(name))

function isMonthName(bytes: Buffer, start: number, end: number, month: number): boolean {
  const name = monthNameBytes[month - 1]!
  if (end - start !== name.length) return false
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false
  return true
}

/** Keeps a hostile text from filling the terminal: 40 characters, control characters escaped. */
function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text).slice(1, -1)
}
