import assert from 'node:assert/strict'
import test from 'node:test'
import { OperatingError } from '../../../files/lib/core/program.ts'
import type { AbortedTransaction } from '../../../files/lib/kafka/fetch.ts'
import { decodeFirstRecord, sourceHeader } from '../../../files/lib/topic/log-source.ts'
import { encodeSource, type Source } from '../../../files/lib/weather/source.ts'
import {
  buildBatch,
  compressBatch,
  type RecordToBuild,
  withRightChecksum,
} from '../../support/build-batch.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const park: Source = { kind: 'observed', name: 'Central Park, New York', id: 'USW00094728' }
const ours: [string, Buffer] = [sourceHeader, encodeSource(park)]

const firstIn = (bytes: Buffer, aborted: AbortedTransaction[] = []) => decodeFirstRecord({ bytes, aborted })

function record(headers: RecordToBuild['headers'] = []): RecordToBuild {
  return { key: Buffer.from('January'), value: Buffer.from('some value'), headers }
}

test('the first record says the source in its header, among others and in a compressed batch', () => {
  const others: [string, Buffer | null][] = [
    ['trace', Buffer.alloc(300)],
    ['', null],
  ]
  for (const headers of [[ours], [others[0]!, ours, others[1]!]]) {
    const batch = buildBatch({ records: [record(headers), record(), record([['almanac-source', null]])] })
    assert.deepEqual(firstIn(batch), { source: park })
    assert.deepEqual(firstIn(compressBatch(batch, 'gzip')), { source: park })
  }
})

test('a first record without our header says nothing, whatever later ones say', () => {
  const silent = [record(), record([['other', ours[1]]]), record([[sourceHeader, null]])]
  silent.push({ ...record([ours]), value: null })
  for (const first of silent)
    assert.deepEqual(firstIn(buildBatch({ records: [first, record([ours])] })), {
      source: undefined,
    })
})

test('the first record is one of a committed transaction, or of none: no marker, and none that was aborted', () => {
  const transaction = { producerId: 5n, isTransactional: true }
  const before = [
    buildBatch({ records: [record()], ...transaction }),
    buildBatch({ records: [record()], isControl: true, baseOffset: 1 }),
    buildBatch({ records: [], lastOffsetDelta: 0, baseOffset: 2 }),
  ]
  const aborted = [{ producerId: 5n, firstOffset: 0 }]
  assert.equal(firstIn(Buffer.concat(before), aborted), undefined)
  const first = buildBatch({ records: [record([ours])], baseOffset: 3 })
  assert.deepEqual(firstIn(Buffer.concat([...before, first]), aborted), { source: park })
  assert.deepEqual(firstIn(Buffer.concat([...before, first])), { source: undefined })
})

test('without a whole batch there is no first record, and a damaged one is an error', () => {
  const batch = buildBatch({ records: [record([ours])] })
  assert.equal(firstIn(Buffer.alloc(0)), undefined)
  assert.equal(firstIn(batch.subarray(0, -1)), undefined)
  const flipped = Buffer.from(batch)
  flipped[flipped.length - 3]! ^= 1
  assert.throws(() => firstIn(flipped), /has CRC-32C/)
})

test('10,000 batches with random bytes give a source, none, or an error that can be read, and no other', (t) => {
  const random = seededRandom(t)
  const whole = buildBatch({ records: [record([['a', Buffer.from('b')], ours])] })
  for (let round = 0; round < 10_000; round++) {
    const bytes = Buffer.from(whole)
    for (let change = 0; change <= random() * 4; change++)
      bytes[61 + Math.floor(random() * (bytes.length - 61))] = Math.floor(random() * 256)
    try {
      const first = firstIn(withRightChecksum(bytes))
      assert.ok(first)
    } catch (error) {
      assert.ok(error instanceof OperatingError, String(error))
    }
  }
})
