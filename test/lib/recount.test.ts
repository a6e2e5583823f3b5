import assert from 'node:assert/strict'
import test from 'node:test'
import { encodeReport } from '../../files/lib/encode-report.ts'
import { dateOf, emptyRecount, recount } from '../../files/lib/recount.ts'
import type { ReplayedRecord } from '../../files/lib/replay.ts'

const good: ReplayedRecord = {
  offset: 7,
  key: Buffer.from('January'),
  value: encodeReport('2001-01-02', 40),
  isAborted: false,
  excessiveBytes: 0,
}

test('a record of an aborted transaction is told as such, and is no date of the log', () => {
  const state = emptyRecount()
  const aborted = { ...good, isAborted: true }
  assert.deepEqual(recount(state, aborted), { kind: 'aborted' })
  assert.deepEqual([dateOf(aborted), dateOf(good)], [undefined, '2001-01-02'])
  assert.deepEqual([state.months, state.tally.aborted, state.tally.counted], [{}, 1, 0])
})

test('a record that was too long to be read is refused by its length', () => {
  const verdict = recount(emptyRecount(), { ...good, key: null, value: null, excessiveBytes: 5_000_000 })
  assert.deepEqual(verdict, {
    kind: 'refused',
    reason: 'the record has 5000000 bytes, expected at most 4194304',
  })
})

test('a date that is none is quoted, and does not act on a terminal', () => {
  const value = encodeReport('\u202e2001\x9b-01', 40)
  const verdict = recount(emptyRecount(), { ...good, value })
  assert.deepEqual(verdict, {
    kind: 'refused',
    reason: "'\\u202e2001\\u009b-01' is not a day of the calendar",
  })
})
