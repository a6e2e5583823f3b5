import assert from 'node:assert/strict'
import test from 'node:test'
import { OperatingError } from '../../../files/lib/core/program.ts'
import type { AbortedTransaction } from '../../../files/lib/kafka/fetch.ts'
import { followTransactions, type Visibility } from '../../../files/lib/kafka/read-committed.ts'
import { emptyHeader, readBatchHeader } from '../../../files/lib/kafka/record-batch.ts'
import { type BatchToBuild, buildBatch } from '../../support/build-batch.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const report = { key: Buffer.from('May'), value: Buffer.alloc(21) }
const header = emptyHeader()

/** A marker's key: its version, and its type, 16 bits each. */
const marker = (type: number, version = 0) => ({
  key: Buffer.from([0, version, 0, type]),
  value: Buffer.alloc(6),
})
const abort = (producerId: bigint, baseOffset: number): BatchToBuild => ({
  records: [marker(0)],
  baseOffset,
  producerId,
  isTransactional: true,
  isControl: true,
})
const commit = (producerId: bigint, baseOffset: number): BatchToBuild => ({
  ...abort(producerId, baseOffset),
  records: [marker(1)],
})
const sent = (producerId: bigint, baseOffset: number, count = 1): BatchToBuild => ({
  records: Array.from({ length: count }, () => report),
  baseOffset,
  producerId,
  isTransactional: true,
})
const plain = (baseOffset: number): BatchToBuild => ({ records: [report], baseOffset })

function visibilities(aborted: AbortedTransaction[], batches: BatchToBuild[]): Visibility[] {
  const visibilityOf = followTransactions(aborted)
  return batches.map((batch) => {
    const bytes = buildBatch(batch)
    assert.ok(readBatchHeader(bytes, 0, header))
    return visibilityOf(bytes, header)
  })
}

test('records of an aborted transaction are told from committed ones and those outside of any', () => {
  const batches = [
    plain(0),
    sent(7n, 1),
    sent(8n, 2),
    plain(3),
    abort(7n, 4),
    commit(8n, 5),
    sent(7n, 6),
    commit(7n, 7),
  ]
  assert.deepEqual(visibilities([{ producerId: 7n, firstOffset: 1 }], batches), [
    'visible',
    'aborted',
    'visible',
    'visible',
    'control',
    'control',
    'visible',
    'control',
  ])
})

test('without an aborted transaction markers alone are not for all to see', () => {
  const batches = [plain(0), sent(7n, 1), commit(7n, 2), { ...plain(3), isControl: true }]
  assert.deepEqual(visibilities([], batches), ['visible', 'visible', 'control', 'control'])
})

test('a producer with a transaction committed between two aborted ones', () => {
  const aborted = [
    { producerId: 2n ** 62n, firstOffset: 10 },
    { producerId: 2n ** 62n, firstOffset: 0 },
  ]
  const id = 2n ** 62n
  const batches = [
    sent(id, 0, 3),
    abort(id, 3),
    sent(id, 4, 3),
    commit(id, 7),
    sent(id, 10),
    sent(id, 11),
    abort(id, 12),
  ]
  assert.deepEqual(visibilities(aborted, batches), [
    'aborted',
    'control',
    'visible',
    'control',
    'aborted',
    'aborted',
    'control',
  ])
})

test('an answer that begins within an aborted transaction, or at its marker', () => {
  const aborted = [{ producerId: 1n, firstOffset: 5 }]
  const after = [abort(1n, 90), sent(1n, 91), commit(1n, 92)]
  assert.deepEqual(visibilities(aborted, [sent(1n, 80), ...after]), [
    'aborted',
    'control',
    'visible',
    'control',
  ])
  assert.deepEqual(visibilities(aborted, after), ['control', 'visible', 'control'])
})

test('only the marker of an abort ends it: not one of a type not known, nor one that is gone', () => {
  const aborted = [{ producerId: 1n, firstOffset: 0 }]
  const others = [
    { records: [marker(5)] },
    { records: [], lastOffsetDelta: 0 },
    { records: [{ key: null, value: null }] },
  ]
  for (const other of others) {
    const batches = [sent(1n, 0), { ...abort(1n, 1), ...other }, sent(1n, 2)]
    assert.deepEqual(visibilities(aborted, batches), ['aborted', 'control', 'aborted'])
  }
})

test('a damaged marker is refused', () => {
  const bytes = buildBatch(abort(1n, 1))
  bytes[61] = 0x7e // the length of its record
  readBatchHeader(bytes, 0, header)
  const visibilityOf = followTransactions([{ producerId: 1n, firstOffset: 0 }])
  assert.throws(() => visibilityOf(bytes, header), OperatingError)
})

test('5,000 logs of producers that interleave, fetched from and to anywhere, show what was committed and nothing else', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  let [aborted, visible] = [0, 0]
  for (let run = 0; run < 5000; run++) {
    const log = randomLog(upTo)
    // As a broker answers: whole batches, and the aborted transactions that overlap them, in no order.
    const start = upTo(log.length)
    const asked = log.slice(start, start + 1 + upTo(log.length))
    const [from, to] = [asked[0]!.batch.baseOffset!, Number(asked.at(-1)!.batch.baseOffset)]
    const named = new Set(log.map(({ transaction }) => transaction))
    const overlapping = [...named].filter(
      (one) => one?.isAborted && one.firstOffset <= to && one.lastOffset! >= Number(from),
    ) as Transaction[]
    const answer = overlapping.map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
    answer.sort(() => random() - 0.5)
    const right = asked.map(({ batch, transaction }) =>
      batch.isControl ? 'control' : transaction?.isAborted ? 'aborted' : 'visible',
    )
    assert.deepEqual(
      visibilities(
        answer,
        asked.map(({ batch }) => batch),
      ),
      right,
    )
    aborted += right.filter((one) => one === 'aborted').length
    visible += right.filter((one) => one === 'visible').length
  }
  t.diagnostic(`${aborted} batches aborted, ${visible} visible`)
})

type Transaction = { producerId: bigint; firstOffset: number; lastOffset?: number; isAborted: boolean }

/** A log, each batch with the transaction that it belongs to; all are ended, as far as a fetch of what is committed goes. */
function randomLog(upTo: (limit: number) => number): { batch: BatchToBuild; transaction?: Transaction }[] {
  const open = new Map<bigint, Transaction>()
  const log: { batch: BatchToBuild; transaction?: Transaction }[] = []
  let offset = upTo(100)
  const end = (transaction: Transaction) => {
    const { producerId, isAborted } = transaction
    transaction.lastOffset = offset
    log.push({ batch: isAborted ? abort(producerId, offset) : commit(producerId, offset), transaction })
    open.delete(producerId)
    offset += 1 + upTo(2)
  }
  for (let steps = 1 + upTo(40); steps > 0; steps--) {
    const producerId = BigInt(upTo(4))
    const transaction = open.get(producerId)
    if (upTo(6) === 0) log.push({ batch: plain(offset++) })
    else if (transaction && upTo(3) === 0) end(transaction)
    else {
      const own = transaction ?? { producerId, firstOffset: offset, isAborted: upTo(2) === 0 }
      open.set(producerId, own)
      const count = 1 + upTo(3)
      log.push({ batch: sent(producerId, offset, count), transaction: own })
      offset += count + upTo(2) * upTo(3)
    }
  }
  for (const transaction of open.values()) end(transaction)
  return log
}
