import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fromBinary } from '@bufbuild/protobuf'
import { encodeReport } from '../../../files/lib/weather/encode-report.ts'
import { type DecodedReport, decodeReport } from '../../../files/lib/weather/report.ts'
import { ReportSchema } from '../../../files/report_pb.ts'
import { hasMisplacedField } from '../../support/misplaced-field.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const names = 'January February March April May June July August September October November December'.split(
  ' ',
)
const into: DecodedReport = { year: 0, month: 0, day: 0, degrees: 0 }

/** Decodes a value under a key, both in the midst of other bytes as they are in a batch. */
function decode(key: Buffer | string | null, value: Buffer | null): DecodedReport | string {
  const around = Buffer.from('around')
  const [keyBytes, valueBytes] = [Buffer.from(key ?? ''), value ?? Buffer.alloc(0)]
  const bytes = Buffer.concat([around, keyBytes, around, valueBytes, around])
  const keyStart = around.length
  const valueStart = keyStart + keyBytes.length + around.length
  const refusal = decodeReport(
    bytes,
    key === null ? -1 : keyStart,
    keyStart + keyBytes.length,
    value === null ? -1 : valueStart,
    valueStart + valueBytes.length,
    into,
  )
  return refusal ?? { ...into }
}

/**
 * What a value must be decoded to under the right key, by the protobuf library and Date; undefined when refused. The
 * library does not look whether a field has the wire type of its schema.
 */
function expected(value: Buffer): DecodedReport | undefined {
  try {
    if (hasMisplacedField(value)) return undefined
    const { date, degrees } = fromBinary(ReportSchema, value)
    const day = dayByDate(date)
    return day && Number.isFinite(degrees) ? { ...day, degrees } : undefined
  } catch {
    return undefined
  }
}

const daysByDate = new Map<string, Omit<DecodedReport, 'degrees'> | undefined>()

/** The day as Date knows it. That it gives the same text back rules out 30 February. */
function dayByDate(date: string) {
  if (daysByDate.has(date)) return daysByDate.get(date)
  const instant = new Date(/^\d{4}-\d\d-\d\d$/.test(date) ? `${date}T00:00:00Z` : Number.NaN)
  const isDay = instant.getTime() >= Date.parse('0001-01-01') && instant.toISOString().startsWith(date)
  const day = { year: instant.getUTCFullYear(), month: instant.getUTCMonth() + 1, day: instant.getUTCDate() }
  daysByDate.set(date, isDay ? day : undefined)
  return daysByDate.get(date)
}

const dateField = (date: Buffer | string) =>
  Buffer.concat([Buffer.from([0x0a, Buffer.from(date).length]), Buffer.from(date)])
const degreesField = (degrees: number) => {
  const bytes = Buffer.alloc(9, 0x11)
  bytes.writeDoubleLE(degrees, 1)
  return bytes
}
const usual = (date: string, degrees: number) => Buffer.concat([dateField(date), degreesField(degrees)])

test('encodeReport writes the 21 bytes of the usual form, which decodeReport reads', () => {
  assert.deepEqual(encodeReport('2000-12-26', 31.5235), usual('2000-12-26', 31.5235))
  assert.equal(encodeReport('2000-12-26', 31.5235).length, 21)
  assert.deepEqual(decode('December', encodeReport('2000-12-26', 31.5235)), {
    year: 2000,
    month: 12,
    day: 26,
    degrees: 31.5235,
  })
})

test('a report whose degrees are left out of the bytes is one of 0 °F', () => {
  assert.equal(encodeReport('1996-02-02', 0).length, 12)
  for (const value of [encodeReport('1996-02-02', 0), dateField('1996-02-02')]) {
    assert.deepEqual(decode('February', value), { year: 1996, month: 2, day: 2, degrees: 0 })
  }
})

test('other valid forms of protobuf are read like the usual one', () => {
  const [date, degrees] = [dateField('1996-02-29'), degreesField(-7.5)]
  const forms: Record<string, Buffer[]> = {
    'degrees before the date': [degrees, date],
    'a varint field unknown to us': [date, Buffer.from([0x18, 0x96, 0x01]), degrees],
    'a text field unknown to us': [Buffer.from([0x22, 0x02, 0x68, 0x69]), date, degrees],
    '32 and 64 bit fields unknown to us': [
      date,
      degrees,
      Buffer.from([0x2d, 1, 2, 3, 4]),
      Buffer.from([0x31, 1, 2, 3, 4, 5, 6, 7, 8]),
    ],
    'a group unknown to us': [Buffer.from([0x3b, 0x08, 0x01, 0x3c]), date, degrees],
    'two dates, of which the last counts': [dateField('2001-01-01'), date, degrees],
    'two degrees, of which the last count': [degreesField(99), date, degrees],
    'a tag of two bytes': [Buffer.from([0x8a, 0x00]), date.subarray(1), degrees],
    'a length of two bytes': [Buffer.from([0x0a, 0x8a, 0x00]), date.subarray(2), degrees],
    'a tag of two bytes for the degrees': [date, Buffer.from([0x91, 0x00]), degrees.subarray(1)],
  }
  for (const [what, pieces] of Object.entries(forms)) {
    const value = Buffer.concat(pieces)
    assert.deepEqual(decode('February', value), { year: 1996, month: 2, day: 29, degrees: -7.5 }, what)
    assert.deepEqual(expected(value), { year: 1996, month: 2, day: 29, degrees: -7.5 }, what)
  }
})

test('a refusal says what is wrong', () => {
  const cases: [key: Buffer | string | null, value: Buffer | null, reason: string | RegExp][] = [
    ['January', null, 'it has no value'],
    ['January', Buffer.alloc(0), "its date '' is not a day of the calendar, YYYY-MM-DD"],
    ['January', degreesField(3), "its date '' is not a day of the calendar, YYYY-MM-DD"],
    ['February', usual('2001-02-29', 3), "its date '2001-02-29' is not a day of the calendar, YYYY-MM-DD"],
    ['January', usual('2001-1-1', 3), "its date '2001-1-1' is not a day of the calendar, YYYY-MM-DD"],
    ['January', usual('0000-01-01', 3), "its date '0000-01-01' is not a day of the calendar, YYYY-MM-DD"],
    [
      'January',
      usual('2001-01-01\n', 3),
      "its date '2001-01-01\\n' is not a day of the calendar, YYYY-MM-DD",
    ],
    ['January', usual('\u001b[2Jx', 3), "its date '\\u001b[2Jx' is not a day of the calendar, YYYY-MM-DD"],
    [
      'January',
      dateField('9'.repeat(100)),
      `its date '${'9'.repeat(40)}…' is not a day of the calendar, YYYY-MM-DD`,
    ],
    ['January', usual('2001-01-01', Number.NaN), 'its degrees are NaN'],
    ['January', usual('2001-01-01', -Number.POSITIVE_INFINITY), 'its degrees are -Infinity'],
    ['February', usual('2001-01-01', 3), "its key is 'February', expected 'January'"],
    ['january', usual('2001-01-01', 3), "its key is 'january', expected 'January'"],
    ['January ', usual('2001-01-01', 3), "its key is 'January ', expected 'January'"],
    ['', usual('2001-01-01', 3), "its key is '', expected 'January'"],
    [null, usual('2001-01-01', 3), "its key is null, expected 'January'"],
    ['\n'.repeat(50), usual('2001-01-01', 3), `its key is '${'\\n'.repeat(40)}…', expected 'January'`],
    [Buffer.from([0xff]), usual('2001-01-01', 3), "its key is '\ufffd', expected 'January'"],
    ['January', Buffer.from('{"date": "2001-01-01"}'), /^its value is no Report \(.+\)$/],
    ['January', usual('2001-01-01', 3).subarray(0, 20), /^its value is no Report \(.+\)$/],
    ['January', Buffer.from([0x08, 0x01]), /^its value is no Report \(.+\)$|^its date '' is not/],
  ]
  for (const [key, value, reason] of cases) {
    const found = decode(key, value)
    assert.equal(typeof found, 'string', `${key} ${value?.toString('hex')}`)
    if (typeof reason === 'string') assert.equal(found, reason)
    else assert.match(found as string, reason)
  }
})

test('a date or degrees of another wire type than the schema has are refused, and not read as what they are not', () => {
  const foreign = Buffer.from('0a0a323032302d30312d3033150000284218c0d102', 'hex') // degrees as a float
  assert.equal(
    decode('January', foreign),
    'its value is no Report (field degrees has wire type 32-bit, expected 64-bit)',
  )
  const numbered = Buffer.concat([Buffer.from([0x08, 10]), usual('2020-01-03', 3)])
  assert.equal(
    decode('January', numbered),
    'its value is no Report (field date has wire type varint, expected length-delimited)',
  )
})

test('a key or value that no report could have is refused by its length', () => {
  const long = Buffer.alloc(1024 * 1024 + 1, 'x')
  assert.equal(decode('January', long), 'its value has 1048577 bytes, expected at most 1048576')
  assert.equal(decode(long, usual('2020-01-03', 3)), 'its key has 1048577 bytes, expected at most 1048576')
})

test('4,012 values are read as Python reads them, and refused where it finds fields of another wire type', () => {
  const path = join(import.meta.dirname, '../../data/reports-by-python.jsonl')
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  assert.equal(lines.length, 4012)
  for (const line of lines) {
    const { value, date, degrees, refused } = JSON.parse(line)
    const day = refused ? undefined : dayByDate(date)
    const found = decode(names[(day?.month ?? 1) - 1]!, Buffer.from(value, 'hex'))
    const isReport = day && Number.isFinite(Number(degrees))
    if (isReport) assert.deepEqual(found, { ...day, degrees: Number(degrees) }, line)
    else assert.equal(typeof found, 'string', line)
    if (refused === 'malformed') assert.match(found as string, /^its value is no Report \(/, line)
    if (refused === 'wire type') assert.match(found as string, /has wire type/, line)
  }
})

test('a key that is null is called so, however far into the bytes it stands', () => {
  const value = usual('2001-01-01', 3)
  const bytes = Buffer.concat([Buffer.alloc(2 ** 21), value])
  const refusal = decodeReport(bytes, -1, 2 ** 21, 2 ** 21, bytes.length, into)
  assert.equal(refusal, "its key is null, expected 'January'")
})

test('every day of the calendar is read, and no other', () => {
  for (let year = 0; year < 10_000; year += year < 1990 || year > 2010 ? 97 : 1) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        const value = usual(date, 1)
        const found = decode(names[month - 1] ?? '', value)
        assert.deepEqual(typeof found === 'string' ? undefined : found, expected(value), date)
      }
    }
  }
})

test('1,000,000 values, good and bad, are read as the protobuf library reads them', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  let good = 0
  for (let run = 0; run < 1_000_000; run++) {
    const value = randomValue(random, upTo)
    const right = expected(value)
    const found = decodeInPlace(right ? right.month : 1 + upTo(12), value)
    if (typeof found === 'string' ? right : !right || !isSame(found, right)) {
      assert.deepEqual(found, right, `run ${run}: ${value.toString('hex')}`)
    }
    if (right) good++
  }
  t.diagnostic(`${good} were reports`)
})

const scratch = Buffer.alloc(200)
const nameBytes = names.map((name) => Buffer.from(name))

function decodeInPlace(month: number, value: Buffer): DecodedReport | string {
  const key = nameBytes[month - 1]!
  key.copy(scratch, 1)
  value.copy(scratch, 30)
  return decodeReport(scratch, 1, 1 + key.length, 30, 30 + value.length, into) ?? into
}

function isSame(a: DecodedReport, b: DecodedReport): boolean {
  return a.year === b.year && a.month === b.month && a.day === b.day && Object.is(a.degrees, b.degrees)
}

function randomValue(random: () => number, upTo: (limit: number) => number): Buffer {
  const value = randomForm(random, upTo)
  const kind = upTo(16)
  // A changed byte or a cut, mostly where the usual form has something to check.
  if (kind === 0) value[upTo(value.length)] = upTo(256)
  if (kind <= 2) value[upTo(Math.min(13, value.length))] = 0x2c + upTo(16)
  if (kind === 3) return value.subarray(0, upTo(value.length + 1))
  return value
}

function randomForm(random: () => number, upTo: (limit: number) => number): Buffer {
  const digits = (count: number, limit: number) => String(upTo(limit)).padStart(count, '0')
  // A hundred years, so that the days that Date has been asked for come again.
  const date = `${String(upTo(101) * 99 + upTo(2)).padStart(4, '0')}-${digits(2, 14)}-${digits(2, random() < 0.9 ? 29 : 34)}`
  const degrees = [random() * 100, 0, -0, 1e308, Number.NaN, -1e-300, 1_000_000][upTo(20)] ?? random() * 100
  const kind = upTo(12)
  if (kind === 0) return dateField(date)
  if (kind === 1) return Buffer.concat([degreesField(degrees), dateField(date)])
  if (kind === 2) return Buffer.concat([usual(date, degrees), Buffer.from([0x18, upTo(128)])])
  if (kind === 3) return Buffer.concat([dateField('2000-01-01'), usual(date, degrees)])
  if (kind === 4) return encodeReport(date, degrees)
  return usual(date, degrees)
}
