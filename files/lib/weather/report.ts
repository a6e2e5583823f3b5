import { quoted } from '../core/quoted.ts'
import { viewOf } from '../core/view-of.ts'
import { daysInMonth, monthNames, parseDate } from './calendar.ts'

/** Room for one decoded report; reused from record to record, for millions of them are decoded a second. */
export type DecodedReport = { year: number; month: number; day: number; degrees: number }

/**
 * Decodes a record's key and value and checks that they make a report.
 *
 * The usual form, 21 bytes with the fields in order, is read in place; any other valid protobuf form field by field, with
 * the same result. A date or degrees of another wire type than the schema's are refused: protobuf's own parsers take such
 * a field for an unknown one, and the day would count with 0 degrees.
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
    const length = valueEnd - valueStart
    if (length > partBytesMax) return tooLong('value', length)
    const refusal = readFields(bytes.subarray(valueStart, valueEnd), into)
    if (refusal) return refusal
  }
  if (keyStart >= 0 && keyEnd - keyStart > partBytesMax) return tooLong('key', keyEnd - keyStart)
  if (!Number.isFinite(into.degrees)) return `its degrees are ${into.degrees}`
  if (keyStart >= 0 && isMonthName(bytes, keyStart, keyEnd, into.month)) return undefined
  const key = keyStart < 0 ? 'null' : quoted(bytes.toString('utf8', keyStart, keyEnd))
  return `its key is ${key}, expected '${monthNames[into.month - 1]}'`
}

/** Length of the usual form. */
export const usualLength = 21
const dateTag = 0x0a // field 1, length-delimited
/** Stands before the degrees: field 2, 64 bits. */
export const degreesTag = 0x11
const noDigits = -10_000

/** Reads `0a 0a YYYY-MM-DD 11 <double>`; returns false, having read nothing of use, for any other form or day. */
export function readUsualForm(bytes: Buffer, start: number, end: number, into: DecodedReport): boolean {
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

/** Longest key or value that is looked at: no report's is longer, and a record of some kB may hold 60 MB. */
const partBytesMax = 1024 * 1024

function tooLong(part: string, length: number): string {
  return `its ${part} has ${length} bytes, expected at most ${partBytesMax}`
}

/** Wire types. @see {@link https://protobuf.dev/programming-guides/encoding/#structure} */
const wireTypes = ['varint', '64-bit', 'length-delimited', 'group', 'end of a group', '32-bit'] as const
type WireType = (typeof wireTypes)[number]

const fieldNames: Readonly<Record<number, { name: string; wireType: WireType }>> = {
  1: { name: 'date', wireType: 'length-delimited' },
  2: { name: 'degrees', wireType: '64-bit' },
}

class MalformedValue extends Error {}

/** Reads a Report of any form: fields in any order, the last one of a kind counts, those unknown to us are passed over. */
function readFields(value: Buffer, into: DecodedReport): string | undefined {
  try {
    const { date, degrees } = parseFields(value)
    const day = parseDate(date)
    if (!day) return `its date ${quoted(date)} is not a day of the calendar, YYYY-MM-DD`
    Object.assign(into, day)
    into.degrees = degrees
    return undefined
  } catch (error) {
    if (!(error instanceof MalformedValue)) throw error
    return `its value is no Report (${error.message})`
  }
}

function parseFields(value: Buffer): { date: string; degrees: number } {
  const cursor = { at: 0 }
  let [date, degrees] = ['', 0]
  while (cursor.at < value.length) {
    const { number, wireType } = readTag(value, cursor)
    const known = fieldNames[number]
    if (known && wireType !== known.wireType)
      throw new MalformedValue(`field ${known.name} has wire type ${wireType}, expected ${known.wireType}`)
    if (number === 1) date = readText(value, cursor)
    else if (number === 2) degrees = value.readDoubleLE(advance(value, cursor, 8))
    else passOver(value, cursor, number, wireType, 0)
  }
  return { date, degrees }
}

type Cursor = { at: number }

function readTag(value: Buffer, cursor: Cursor): { number: number; wireType: WireType } {
  const tag = readVarint(value, cursor, 5)
  const number = Math.floor(tag / 8)
  const wireType = wireTypes[tag % 8]
  if (number === 0 || tag >= 2 ** 32 || !wireType)
    throw new MalformedValue(`there is no field with tag ${tag}`)
  return { number, wireType }
}

function readVarint(value: Buffer, cursor: Cursor, lengthMax: number): number {
  let result = 0
  for (let i = 0; i < lengthMax; i++) {
    const byte = value[advance(value, cursor, 1)]!
    result += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return result
  }
  throw new MalformedValue(`a varint has more than ${lengthMax} bytes`)
}

function readLength(value: Buffer, cursor: Cursor): number {
  return advance(value, cursor, readVarint(value, cursor, 5))
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readText(value: Buffer, cursor: Cursor): string {
  const start = readLength(value, cursor)
  try {
    return utf8.decode(value.subarray(start, cursor.at))
  } catch (cause) {
    throw new MalformedValue('its date is not valid UTF-8', { cause })
  }
}

const groupDepthMax = 100

function passOver(value: Buffer, cursor: Cursor, number: number, wireType: WireType, depth: number): void {
  if (wireType === 'varint') readVarint(value, cursor, 10)
  else if (wireType === '64-bit') advance(value, cursor, 8)
  else if (wireType === '32-bit') advance(value, cursor, 4)
  else if (wireType === 'length-delimited') readLength(value, cursor)
  else if (wireType === 'group' && depth < groupDepthMax) {
    for (;;) {
      const inner = readTag(value, cursor)
      if (inner.wireType === 'end of a group') {
        if (inner.number === number) return
        throw new MalformedValue('a group ends that did not begin')
      }
      passOver(value, cursor, inner.number, inner.wireType, depth + 1)
    }
  } else
    throw new MalformedValue(
      wireType === 'group' ? 'groups are nested too deep' : 'a group ends that did not begin',
    )
}

/** Moves the cursor past that many bytes. @returns where they begin */
function advance(value: Buffer, cursor: Cursor, count: number): number {
  const start = cursor.at
  if (count > value.length - start) throw new MalformedValue('it is cut off')
  cursor.at = start + count
  return start
}

const monthNameBytes = monthNames.map((name) => Buffer.from(name))

/** Whether these bytes are the English name of the month, 1 to 12. */
export function isMonthName(bytes: Buffer, start: number, end: number, month: number): boolean {
  const name = monthNameBytes[month - 1]!
  if (end - start !== name.length) return false
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false
  return true
}
