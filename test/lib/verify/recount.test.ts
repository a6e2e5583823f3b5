import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import {
  dateIn,
  emptyRecount,
  type LoggedRecord,
  monthsOf,
  recount,
  verdictOf,
} from '../../../files/lib/verify/recount.ts'
import { monthNames } from '../../../files/lib/weather/calendar.ts'
import { encodeReport } from '../../../files/lib/weather/encode-report.ts'
import { seededRandom } from '../../support/seeded-random.ts'
import { type SimpleFold, simpleAdd, simpleFile, simpleReport } from '../../support/simple-fold.ts'

/** A record as it stands in the bytes of a batch, among others. */
function record(key: Buffer | string | null, value: Buffer | null, offset = 7): LoggedRecord {
  const parts = [
    Buffer.from('before'),
    Buffer.from(key ?? ''),
    value ?? Buffer.alloc(0),
    Buffer.from('after'),
  ]
  const [before, keyBytes, valueBytes] = parts as [Buffer, Buffer, Buffer]
  const keyEnd = before.length + keyBytes.length
  return {
    ...{ bytes: Buffer.concat(parts), offset, excessiveBytes: 0 },
    ...{ keyStart: key === null ? -1 : before.length, keyEnd },
    ...{ valueStart: value === null ? -1 : keyEnd, valueEnd: keyEnd + valueBytes.length },
  }
}

const good = record('January', encodeReport('2001-01-02', 40))

function verdict(given: LoggedRecord, isAborted = false, state = emptyRecount()) {
  return verdictOf(state, recount(state, given, isAborted))
}

test('a record of an aborted transaction is told as such, and is no number of the log', () => {
  const state = emptyRecount()
  assert.deepEqual(verdict(good, true, state), { kind: 'aborted' })
  assert.deepEqual([monthsOf(state), state.tally.aborted, state.tally.counted], [{}, 1, 0])
  assert.equal(dateIn(good), '2001-01-02')
})

test('a record that was too long to be read is refused by its length', () => {
  assert.deepEqual(verdict({ ...record(null, null), excessiveBytes: 5_000_000 }), {
    kind: 'refused',
    reason: 'the record has 5000000 bytes, expected at most 4194304',
  })
})

test('a date that is none is quoted, and does not act on a terminal', () => {
  assert.deepEqual(verdict(record('January', encodeReport('\u202e2001\x9b-01', 40))), {
    kind: 'refused',
    reason: "'\\u202e2001\\u009b-01' is not a day of the calendar",
  })
})

test('values of any form are read as Python reads them, and refused where it refuses them', () => {
  const path = join(import.meta.dirname, '../../data/reports-by-python.jsonl')
  for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
    const { value, date, degrees, refused } = JSON.parse(line)
    const bytes = Buffer.from(value, 'hex')
    const month = refused ? 'January' : (monthNames[Number(date.slice(5, 7)) - 1] ?? 'January')
    const found = verdict(record(month, bytes))
    if (found.kind === 'counted') assert.deepEqual([found.date, found.degrees], [date, Number(degrees)], line)
    else assert.equal(isReport(refused ? '' : date, Number(degrees)), false, line)
  }
})

/** Whether these, as Python read them, make a report. */
function isReport(date: string, degrees: number): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return false
  return Number.isFinite(degrees) && new Date(date).toISOString().startsWith(date)
}

test('each record is told what it was, and a month is in the order of the log', () => {
  const state = emptyRecount()
  const add = (date: string, degrees: number, key = 'January') =>
    verdict(record(key, encodeReport(date, degrees)), false, state)
  assert.deepEqual(add('2001-01-02', 40), {
    kind: 'counted',
    month: 'January',
    date: '2001-01-02',
    degrees: 40,
  })
  assert.equal(add('2001-01-02', 1_000_000).kind, 'duplicate')
  assert.equal(add('2001-01-01', 3).kind, 'late')
  assert.equal(add('2001-01-04', 41).kind, 'counted')
  assert.equal(add('0001-01-31', -40).kind, 'counted')
  assert.deepEqual(add('2001-01-05', 1, 'June'), { kind: 'refused', reason: 'the key is not January' })
  assert.deepEqual(add('2001-02-29', 1, 'February'), {
    kind: 'refused',
    reason: "'2001-02-29' is not a day of the calendar",
  })
  assert.deepEqual(add('2001-01-06', Number.POSITIVE_INFINITY), {
    kind: 'refused',
    reason: 'degrees are Infinity',
  })
  assert.deepEqual(verdict(record('January', null), false, state), {
    kind: 'refused',
    reason: 'there is no value',
  })
  assert.deepEqual(monthsOf(state), {
    January: {
      2001: { count: 2, sum: 81, avg: 40.5, end: '2001-01-04', start: '2001-01-02' },
      '0001': { count: 1, sum: -40, avg: -40, end: '0001-01-31', start: '0001-01-31' },
    },
  })
  assert.deepEqual(state.tally, { counted: 3, duplicate: 1, late: 1, refused: 4, aborted: 0 })
})

test('100,000 records, good and bad, are counted as a simple fold counts them', (t) => {
  const random = seededRandom(t)
  const names =
    'January February March April May June July August September October November December Smarch'.split(' ')
  const state = emptyRecount()
  const simple: SimpleFold = { offset: 0, months: new Map() }
  for (let i = 0; i < 100_000; i++) {
    const month = Math.floor(random() * 13)
    const day = String(Math.floor(random() * 32)).padStart(2, '0')
    const year = String(Math.floor(random() * 30) * 69).padStart(4, '0')
    const value = encodeReport(`${year}-${String(month + 1).padStart(2, '0')}-${day}`, random() * 100)
    if (random() < 0.1) value[Math.floor(random() * value.length)] = random() * 256
    const key = Buffer.from(names[random() < 0.05 ? 3 : month]!)
    recount(state, record(key, value), false)
    const report = simpleReport(key, value)
    if (report) simpleAdd(simple, report)
  }
  const { partition: _, offset: __, ...months } = simpleFile(simple, 0) as Record<string, unknown>
  assert.deepEqual(monthsOf(state), months)
})
