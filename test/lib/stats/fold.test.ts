import assert from 'node:assert/strict'
import test from 'node:test'
import { OperatingError } from '../../../files/lib/core/program.ts'
import type { AbortedTransaction } from '../../../files/lib/kafka/fetch.ts'
import { type Checkpoint, emptyCheckpoint, formatCheckpoint } from '../../../files/lib/stats/checkpoint.ts'
import { foldBatches } from '../../../files/lib/stats/fold.ts'
import { encodeReport } from '../../../files/lib/weather/encode-report.ts'
import {
  type BatchToBuild,
  buildBatch,
  compressions,
  type RecordToBuild,
  withRightChecksum,
} from '../../support/build-batch.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const names = 'January February March April May June July August September October November December'.split(
  ' ',
)

function record(date: string, degrees: number, offsetDelta?: number): RecordToBuild {
  const key = Buffer.from(names[Number(date.slice(5, 7)) - 1]!)
  return { key, value: encodeReport(date, degrees), ...(offsetDelta !== undefined && { offsetDelta }) }
}

/** Folds and returns what the events told. */
function fold(checkpoint: Checkpoint, ...batches: (BatchToBuild | Buffer)[]) {
  return foldCommitted(checkpoint, [], ...batches)
}

/** The same with the aborted transactions that the answer names. */
function foldCommitted(
  checkpoint: Checkpoint,
  aborted: AbortedTransaction[],
  ...batches: (BatchToBuild | Buffer)[]
) {
  const told = {
    epochs: [] as [number, number][],
    refused: [] as [number, string][],
    aborted: [] as [number, number][],
  }
  const bytes = Buffer.concat(batches.map((batch) => (Buffer.isBuffer(batch) ? batch : buildBatch(batch))))
  foldBatches(checkpoint, bytes, aborted, {
    onEpoch: (...epoch) => told.epochs.push(epoch),
    onRefused: (...refusal) => told.refused.push(refusal),
    onAborted: (...records) => told.aborted.push(records),
  })
  return told
}

const fileOf = (checkpoint: Checkpoint) => JSON.parse(Buffer.concat(formatCheckpoint(checkpoint)).toString())

test('foldBatches adds reports to their months and passes their offsets', () => {
  const checkpoint = emptyCheckpoint(2)
  fold(
    checkpoint,
    { records: [record('1990-01-01', 20), record('1990-01-02', 30), record('1990-02-01', 5)] },
    { records: [record('1991-01-31', -1)], baseOffset: 3 },
  )
  assert.deepEqual(fileOf(checkpoint), {
    partition: 2,
    offset: 4,
    January: {
      1990: { count: 2, sum: 50, avg: 25, start: '1990-01-01', end: '1990-01-02' },
      1991: { count: 1, sum: -1, avg: -1, start: '1991-01-31', end: '1991-01-31' },
    },
    February: { 1990: { count: 1, sum: 5, avg: 5, start: '1990-02-01', end: '1990-02-01' } },
  })
})

test('foldBatches does not count a date again, nor one before, and passes their offsets', () => {
  const checkpoint = emptyCheckpoint(0)
  const records = [
    record('1990-03-05', 40),
    record('1990-03-05', 1_000_000),
    record('1990-03-01', 1_000_000),
    record('1990-03-06', 42),
  ]
  assert.deepEqual(fold(checkpoint, { records }).refused, [])
  assert.deepEqual(fileOf(checkpoint).March[1990], {
    count: 2,
    sum: 82,
    avg: 41,
    start: '1990-03-05',
    end: '1990-03-06',
  })
  assert.equal(checkpoint.offset, 4)
})

test('foldBatches passes over the records of a batch that begins before the offset', () => {
  const records = [1, 2, 3, 4, 5].map((day) => record(`1990-03-0${day}`, day))
  for (let offset = 0; offset <= 5; offset++) {
    const checkpoint = { ...emptyCheckpoint(0), offset: 100 + offset }
    fold(checkpoint, { records, baseOffset: 100 })
    assert.equal(checkpoint.offset, 105)
    const sum = [1, 2, 3, 4, 5].slice(offset).reduce((sum, day) => sum + day, 0)
    assert.equal(fileOf(checkpoint).March?.[1990].sum ?? 0, sum)
  }
})

test('foldBatches leaves offset and stats alone when a batch lies before the offset', () => {
  const checkpoint = { ...emptyCheckpoint(0), offset: 200 }
  assert.deepEqual(
    fold(checkpoint, { records: [record('1990-03-01', 1)], baseOffset: 150, leaderEpoch: 9 }).epochs,
    [],
  )
  assert.deepEqual(fileOf(checkpoint), { partition: 0, offset: 200 })
})

test('foldBatches passes offsets without records: markers, gaps and empty batches', () => {
  const checkpoint = emptyCheckpoint(0)
  const marker = { key: Buffer.from([0, 0, 0, 1]), value: Buffer.alloc(6) }
  fold(checkpoint, { records: [record('1990-03-01', 1, 5)], lastOffsetDelta: 9 })
  assert.equal(checkpoint.offset, 10)
  assert.deepEqual(fold(checkpoint, { records: [marker], isControl: true, baseOffset: 10 }).refused, [])
  assert.equal(checkpoint.offset, 11)
  fold(checkpoint, { records: [], lastOffsetDelta: 3, baseOffset: 20 })
  assert.equal(checkpoint.offset, 24)
  assert.deepEqual(fileOf(checkpoint).March[1990].count, 1)
})

test('foldBatches passes the records of aborted transactions, and tells how many from where', () => {
  const of = (producerId: bigint) => ({ producerId, isTransactional: true })
  const ofMarker = (type: number) => ({
    records: [{ key: Buffer.from([0, 0, 0, type]), value: Buffer.alloc(6) }],
    isControl: true,
  })
  const log = [
    { records: [record('1990-03-01', 1)] },
    { records: [record('1990-03-02', 999), record('1990-03-03', 999)], baseOffset: 1, ...of(5n) },
    { records: [record('1990-03-02', 2)], baseOffset: 3, ...of(6n) },
    { ...ofMarker(0), baseOffset: 4, ...of(5n) },
    { records: [record('1990-03-03', 3)], baseOffset: 5, ...of(5n) },
    { ...ofMarker(1), baseOffset: 6, ...of(6n) },
    { ...ofMarker(1), baseOffset: 7, ...of(5n) },
  ]
  const aborted = [{ producerId: 5n, firstOffset: 1 }]
  const checkpoint = emptyCheckpoint(0)
  assert.deepEqual(foldCommitted(checkpoint, aborted, ...log).aborted, [[1, 2]])
  const march = { count: 3, sum: 6, avg: 2, start: '1990-03-01', end: '1990-03-03' }
  assert.deepEqual(fileOf(checkpoint), { partition: 0, offset: 8, March: { 1990: march } })
  // From within the batch that was aborted: what lies before is not told again.
  assert.deepEqual(foldCommitted({ ...emptyCheckpoint(0), offset: 2 }, aborted, ...log).aborted, [[2, 1]])
  const damaged = buildBatch(log[1]!)
  damaged[70]!++
  assert.throws(
    () => foldCommitted(emptyCheckpoint(0), aborted, damaged),
    /the batch at offset 1 has CRC-32C/,
  )
})

test('foldBatches folds what expands to many MB as it folds it plain, and refuses a record that is too long', () => {
  const records = Array.from({ length: 250_000 }, (_, i) => {
    const [year, month, day] = [1 + Math.floor(i / 336), 1 + (Math.floor(i / 28) % 12), 1 + (i % 28)]
    const date = [
      String(year).padStart(4, '0'),
      ...[month, day].map((two) => String(two).padStart(2, '0')),
    ].join('-')
    return record(date, 40 + (i % 17))
  })
  const long = {
    ...record('0700-01-01', 5),
    headers: [['h', Buffer.alloc(2 ** 24)]] satisfies RecordToBuild['headers'],
  }
  records.splice(100_000, 0, long)
  const plain = emptyCheckpoint(0)
  fold(plain, { records: records.toSpliced(100_000, 1, { key: null, value: null }) })
  for (const compression of compressions) {
    const checkpoint = emptyCheckpoint(0)
    assert.deepEqual(fold(checkpoint, { records, compression }).refused, [
      [100_000, 'it has 16777258 bytes, expected at most 4194304'],
    ])
    assert.deepEqual(fileOf(checkpoint), fileOf(plain), compression)
  }
})

test('foldBatches tells a refused record with its offset and reason, and counts those around it', () => {
  const checkpoint = emptyCheckpoint(0)
  const wrongKey = { key: Buffer.from('May'), value: encodeReport('1990-03-02', 5) }
  const records = [
    record('1990-03-01', 1),
    wrongKey,
    { key: null, value: null },
    record('1990-03-03', 1e308),
    record('1990-03-04', 1e308),
    record('1990-03-05', 3),
  ]
  assert.deepEqual(fold(checkpoint, { records, baseOffset: 7 }).refused, [
    [8, "its key is 'May', expected 'March'"],
    [9, 'it has no value'],
    [11, 'its degrees, 1e+308, make the sum of its month infinite'],
  ])
  const { count, end } = fileOf(checkpoint).March[1990]
  assert.deepEqual({ count, end, offset: checkpoint.offset }, { count: 3, end: '1990-03-05', offset: 13 })
})

test('foldBatches tells the leader epoch of each batch that it folds', () => {
  const batches = [3, 3, 5].map((leaderEpoch, index) => ({
    records: [record(`1990-03-0${index + 1}`, 1)],
    baseOffset: index,
    leaderEpoch,
  }))
  assert.deepEqual(fold(emptyCheckpoint(0), ...batches).epochs, [
    [3, 0],
    [3, 1],
    [5, 2],
  ])
  assert.deepEqual(fold({ ...emptyCheckpoint(0), offset: 1 }, ...batches).epochs, [
    [3, 1],
    [5, 2],
  ])
})

test('foldBatches leaves a last batch cut short for the next fetch', () => {
  const [first, second] = [1, 2].map((day) =>
    buildBatch({ records: [record(`1990-03-0${day}`, day)], baseOffset: day - 1 }),
  )
  for (let end = 0; end < second!.length; end++) {
    const checkpoint = emptyCheckpoint(0)
    fold(checkpoint, first!, second!.subarray(0, end))
    assert.equal(checkpoint.offset, 1)
    fold(checkpoint, second!)
    assert.deepEqual(fileOf(checkpoint).March[1990], {
      count: 2,
      sum: 3,
      avg: 1.5,
      start: '1990-03-01',
      end: '1990-03-02',
    })
  }
})

test('foldBatches stops at a damaged batch, at the offset of the one before, and nothing can be written after', () => {
  const good = buildBatch({ records: [record('1990-03-01', 1)] })
  const damaged = buildBatch({ records: [record('1990-03-02', 2), record('1990-03-03', 3)], baseOffset: 1 })
  for (let position = 16; position < damaged.length; position++) {
    const bytes = Buffer.from(damaged)
    bytes[position] = bytes[position]! ^ 0x20
    const checkpoint = emptyCheckpoint(0)
    assert.throws(() => fold(checkpoint, good, bytes), OperatingError, `byte ${position}`)
    expectBrokenOff(checkpoint, 1)
  }
})

test('damage in the midst of a run, under a right checksum, is found, and what was counted before it cannot be written', () => {
  const records = Array.from({ length: 28 }, (_, i) =>
    record(`1990-03-${String(i + 1).padStart(2, '0')}`, i + 1),
  )
  const good = buildBatch({ records })
  const length = (good.length - 61) / 28
  const [lengthAt, offsetAt] = [61 + 13 * length, 61 + 13 * length + 3]
  const changes: [at: number, byte: number, message: RegExp][] = [
    [lengthAt, good[lengthAt]! + 2, /is cut off in its record 1\d of 28$|has offset/],
    [lengthAt, 0xff, /is cut off in its record 13 of 28$/],
    [offsetAt, good[offsetAt]! - 2, /has offset 12 after 12, expected less than 28$/],
    [offsetAt, 126, /has offset 63 after 12, expected less than 28$/],
  ]
  for (const [at, byte, message] of changes) {
    const bytes = Buffer.from(good)
    bytes[at] = byte
    const checkpoint = emptyCheckpoint(0)
    assert.throws(() => fold(checkpoint, withRightChecksum(bytes)), message)
    expectBrokenOff(checkpoint, 0)
  }
})

test('nothing can be written either after a fold that broke off in what it tells of', () => {
  const checkpoint = emptyCheckpoint(0)
  const bytes = buildBatch({ records: [record('1990-03-01', 1), { key: null, value: null }] })
  const onRefused = () => {
    throw new Error('no room to note it')
  }
  const events = { onEpoch: () => {}, onRefused, onAborted: () => {} }
  assert.throws(() => foldBatches(checkpoint, bytes, [], events), /no room to note it/)
  expectBrokenOff(checkpoint, 0)
})

function expectBrokenOff(checkpoint: Checkpoint, offset: number): void {
  assert.equal(checkpoint.offset, offset)
  const refusal = /partition 0: a fold failed half way; its checkpoint must not be used/
  assert.throws(() => formatCheckpoint(checkpoint), refusal)
  assert.throws(() => fold(checkpoint, { records: [record('1990-04-01', 1)], baseOffset: offset }), refusal)
}

test('a damaged batch is found also where its header says that it has nothing for us', () => {
  const good = buildBatch({ records: [record('1990-03-01', 1)], baseOffset: 50 })
  const asControl = Buffer.from(good)
  asControl.writeInt16BE(0x20, 21)
  const asEarlier = Buffer.from(good)
  asEarlier.writeInt32BE(-10, 23)
  for (const bytes of [asControl, asEarlier]) {
    assert.throws(
      () => fold({ ...emptyCheckpoint(0), offset: 50 }, bytes),
      /the batch at offset 50 has CRC-32C/,
    )
  }
})

test('a batch whose offsets are not its own is refused', () => {
  const checkpoint = emptyCheckpoint(0)
  const bytes = buildBatch({ records: [record('1990-03-01', 1), record('1990-03-02', 2)] })
  bytes.writeInt32BE(0, 23)
  assert.throws(
    () => fold(checkpoint, withRightChecksum(bytes)),
    /has offset 1 after 0, expected less than 1$/,
  )
  expectBrokenOff(checkpoint, 0)
})

test('random batches, fetched from wherever the fold stands, give what a Map of all dates gives', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  const checkpoint = emptyCheckpoint(3)
  const seen = new Map<string, { degrees: number; date: string }[]>()
  const [log, isRefused]: [BatchToBuild[], boolean[]] = [[], []]
  for (let baseOffset = 0; log.length < 1000; baseOffset += log.at(-1)!.lastOffsetDelta! + 1) {
    const records = Array.from({ length: 1 + upTo(30) }, () => {
      const date = `${String(1 + upTo(random() < 0.5 ? 3 : 9999)).padStart(4, '0')}-${String(1 + upTo(12)).padStart(2, '0')}-${String(1 + upTo(28)).padStart(2, '0')}`
      const degrees = random() < 0.1 ? 0 : random() * 100 - 20
      isRefused.push(random() < 0.02)
      if (isRefused.at(-1)) return { key: Buffer.from('Smarch'), value: encodeReport(date, degrees) }
      // The rule of the exercise, told by dates as text: of a month and year, only dates after all dates counted.
      const counted = seen.get(date.slice(0, 7)) ?? []
      seen.set(date.slice(0, 7), counted)
      if (counted.every((earlier) => earlier.date < date)) counted.push({ date, degrees })
      return record(date, degrees)
    })
    log.push({
      records,
      baseOffset,
      lastOffsetDelta: records.length - 1 + upTo(2) * upTo(5),
      compression: compressions[upTo(compressions.length)]!,
    })
  }
  const bytes = log.map(buildBatch)
  let refused = 0
  for (let next = 0; next < log.length; ) {
    // From up to two batches before, as far as up to five after.
    const from = Math.max(0, next - upTo(3))
    const end = Math.min(log.length, next + upTo(6))
    refused += fold(checkpoint, ...bytes.slice(from, Math.max(end, from))).refused.length
    next = Math.max(end, next)
  }
  const months: Record<string, Record<string, object>> = {}
  for (const [month, counted] of seen) {
    const name = names[Number(month.slice(5)) - 1]!
    const sum = counted.reduce((sum, { degrees }) => sum + degrees, 0)
    const [start, end] = [counted[0]!.date, counted.at(-1)!.date]
    months[name] = {
      ...months[name],
      [month.slice(0, 4)]: { count: counted.length, sum, avg: sum / counted.length, start, end },
    }
  }
  const last = log.at(-1)!
  assert.deepEqual(fileOf(checkpoint), {
    partition: 3,
    offset: Number(last.baseOffset) + last.lastOffsetDelta! + 1,
    ...months,
  })
  assert.equal(refused, isRefused.filter(Boolean).length)
})

test('records fold alike one to a batch and many, however one among them differs', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  const pick = <Item>(items: readonly Item[]) => items[upTo(items.length)]!
  const oddDegrees = [
    0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e308,
    -1e308,
    5e-324,
  ]
  for (let round = 0; round < 2000; round++) {
    const month = String(1 + upTo(12)).padStart(2, '0')
    const records = Array.from({ length: 40 }, (_, i) => {
      const day = String(1 + ((i >> 1) % 31)).padStart(2, '0')
      const built = record(`1990-${month}-${day}`, random() < 0.1 ? pick(oddDegrees) : random() * 100)
      if (random() > 0.15) return built
      const part = Buffer.from(random() < 0.7 ? built.value! : built.key!)
      const at = upTo(part.length)
      part[at] = random() < 0.5 ? part[at]! ^ (1 << upTo(8)) : upTo(256)
      const changed = random() < 0.2 ? part.subarray(0, upTo(part.length)) : part
      return part.length === built.value!.length ? { ...built, value: changed } : { ...built, key: changed }
    })
    const [together, apart] = [emptyCheckpoint(0), emptyCheckpoint(0)]
    const { refused } = fold(together, { records })
    const refusedApart = records.flatMap((one, i) => fold(apart, { records: [one], baseOffset: i }).refused)
    assert.deepEqual(refused, refusedApart, `round ${round}`)
    assert.deepEqual(fileOf(together), fileOf(apart), `round ${round}`)
  }
})
