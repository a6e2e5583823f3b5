/*
 * A million record batches, most of them damaged in some way, folded as the consumer does it. Either a batch is read as a
 * simple reader of the format reads it, and its good records are counted, whatever stands between them; or it is
 * refused by name, and nothing of it is counted. FUZZ_CASES sets another number, SEED runs one again.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { OperatingError } from '../files/lib/core/program.ts'
import { type Checkpoint, emptyCheckpoint, formatCheckpoint } from '../files/lib/stats/checkpoint.ts'
import { foldBatches } from '../files/lib/stats/fold.ts'
import { newMissingDays } from '../files/lib/stats/missing-days.ts'
import { encodeReport } from '../files/lib/weather/encode-report.ts'
import { type RecordBytes, setChecksum, writeBatch } from './support/batch-writer.ts'
import { compressBatch, compressions } from './support/build-batch.ts'
import { readBatch, type SimpleRecord } from './support/read-batch.ts'
import { seededRandom } from './support/seeded-random.ts'
import {
  type SimpleFold,
  simpleAdd,
  simpleFile,
  simpleMissingDays,
  simpleReport,
} from './support/simple-fold.ts'

const cases = Number(process.env.FUZZ_CASES || 1_000_000)
const names = 'January February March April May June July August September October November December'.split(
  ' ',
)
const keys = names.map((name) => Buffer.from(name))

type Random = { upTo: (limit: number) => number; oneIn: (chances: number) => boolean; degrees: () => number }
type State = {
  checkpoint: Checkpoint
  simple: SimpleFold
  /** Offsets refused, ours and those that should be. */
  refused: number[]
  right: number[]
}

function newState(offset: number): State {
  const checkpoint = emptyCheckpoint(3)
  checkpoint.offset = offset
  return { checkpoint, simple: { offset, months: new Map() }, refused: [], right: [] }
}

function randomOf(random: () => number): Random {
  const upTo = (limit: number) => Math.floor(random() * limit)
  const special = [0, -0, 1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 1_000_000]
  const degrees = () => (random() < 0.1 ? special[upTo(special.length)]! : random() * 100)
  return { upTo, oneIn: (chances) => random() * chances < 1, degrees }
}

let [year, month, day] = [1, 0, 0]

/** Days of a month one after the other, as a log has them, with repetitions, a leap into another month, and bad ones. */
function randomRecords({ upTo, oneIn, degrees }: Random, bad: boolean): RecordBytes[] {
  if (day > 31 || oneIn(2)) [year, month, day] = [1 + upTo(oneIn(20) ? 9999 : 60), upTo(12), upTo(26)]
  let offsetDelta = -1
  return Array.from({ length: 1 + upTo(oneIn(3) ? 1 : 8) }, () => {
    if (oneIn(8)) [year, month, day] = [1 + upTo(60), upTo(12), upTo(20)]
    day += oneIn(6) ? 0 : 1
    offsetDelta += oneIn(12) ? 1 + upTo(2 ** upTo(20)) : 1
    const date = `${String(year).padStart(4, '0')}-${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`
    const record = { key: keys[month]!, value: usualValue(date, degrees()), offsetDelta }
    return bad && oneIn(3) ? spoil(record, upTo) : record
  })
}

/** Most are in the usual form, which is quickly made; one in some has a 0 that protobuf leaves out. */
function usualValue(date: string, degrees: number): Buffer {
  if (degrees === 0) return encodeReport(date, degrees)
  const value = Buffer.allocUnsafe(21)
  value[0] = 0x0a
  value[1] = 10
  value.write(date, 2, 'latin1')
  value[12] = 0x11
  value.writeDoubleLE(degrees, 13)
  return value
}

const spoilers: ((record: RecordBytes, upTo: Random['upTo']) => RecordBytes)[] = [
  (record, upTo) => ({ ...record, value: flip(record.value, upTo) }),
  (record, upTo) => ({ ...record, key: flip(record.key, upTo) }),
  (record, upTo) => ({ ...record, key: keys[upTo(12)]! }),
  (record, upTo) => ({ ...record, value: record.value.subarray(0, upTo(record.value.length)) }),
  (record, upTo) => ({ ...record, key: record.key.subarray(0, upTo(record.key.length)) }),
  (record, upTo) => ({ ...record, value: withByte(record.value, upTo(13), 0x2c + upTo(16)) }),
  (record, upTo) => ({ ...record, value: withByte(record.value, [0, 1, 12][upTo(3)]!, upTo(256)) }),
  (record, upTo) => ({ ...record, value: splice(record.value, record.value, upTo) }),
  (record, upTo) => ({ ...record, value: splice(record.value, extremes[upTo(extremes.length)]!, upTo) }),
  (record, upTo) => ({ ...record, value: Buffer.concat([record.value, extremes[upTo(extremes.length)]!]) }),
]

/** Varints, tags and lengths at the ends of what they may be. */
const extremes = [
  'ffffffffffffffffff01',
  'ffffffff0f',
  'ffffffff07',
  '80808080808080808001',
  '8000',
  '00',
  '7f',
  'ff',
  '0a',
  '0aff01',
  '0a808080800a',
  '11',
  '110000000000000080',
  '1900000000000000f0',
  '18ffffffffffffffffff01',
  '0b',
  '0c',
  '13',
  '1b1c',
  'fe01',
].map((hex) => Buffer.from(hex, 'hex'))

function spoil(record: RecordBytes, upTo: Random['upTo']): RecordBytes {
  return spoilers[upTo(spoilers.length)]!(record, upTo)
}

function flip(bytes: Buffer, upTo: Random['upTo']): Buffer {
  const at = upTo(bytes.length)
  return bytes.length === 0 ? bytes : withByte(bytes, at, bytes[at]! ^ (1 << upTo(8)))
}

function withByte(bytes: Buffer, at: number, byte: number): Buffer {
  const changed = Buffer.from(bytes)
  if (at < changed.length) changed[at] = byte
  return changed
}

/** Puts a piece of `other` into the bytes, over some or none of them. */
function splice(bytes: Buffer, other: Buffer, upTo: Random['upTo']): Buffer {
  const from = upTo(other.length + 1)
  const at = upTo(bytes.length + 1)
  const piece = other.subarray(from, from + 1 + upTo(12))
  return Buffer.concat([
    bytes.subarray(0, at),
    piece,
    bytes.subarray(at + upTo(Math.min(8, bytes.length - at + 1))),
  ])
}

/** Damages a batch: somewhere in its records for the most part, at times in its header. */
function damage(batch: Buffer, { upTo, oneIn }: Random): Buffer {
  const start = oneIn(5) ? 0 : 61
  const [head, body] = [batch.subarray(0, start), batch.subarray(start)]
  const kind = upTo(6)
  if (kind === 0) return Buffer.concat([head, body.subarray(0, upTo(body.length))])
  if (kind === 1) return Buffer.concat([head, splice(body, batch, upTo)])
  if (kind === 2) return Buffer.concat([head, splice(body, extremes[upTo(extremes.length)]!, upTo)])
  if (kind === 3)
    return Buffer.concat([head, withByte(body, upTo(body.length), [0, 1, 0x7f, 0x80, 0xff][upTo(5)]!)])
  if (kind === 4) return Buffer.concat([head, withByte(body, 0, upTo(256))])
  return Buffer.concat([head, flip(body, upTo)])
}

/** What the header says of length, place and count is made right again for the most part, so that the records are reached. */
function mend(bytes: Buffer, batch: Buffer, { oneIn }: Random): Buffer {
  if (bytes.length < 61) return bytes
  if (!oneIn(50)) batch.copy(bytes, 0, 0, 8)
  // Numbers are exact below 2^53, and no log is that long.
  bytes.writeUInt16BE(bytes.readUInt16BE(0) & 0x0f, 0)
  if (!oneIn(30)) bytes.writeInt32BE(bytes.length - 12, 8)
  return oneIn(20) ? bytes : setChecksum(bytes)
}

/** Adds what the simple reader finds, up to a damaged batch; returns where it stopped, and whether at such a one. */
function simpleBatches(state: State, bytes: Buffer): [end: number, isDamaged: boolean] {
  let at = 0
  while (bytes.length - at >= 61) {
    const rest = bytes.subarray(at)
    const end = 12 + rest.readInt32BE(8)
    // Nothing is known of the rest when a batch is not whole; of one that says nonsense the reader does say so.
    if (rest[16] === 2 && end >= 61 && end > rest.length) break
    const records = readOrNothing(rest)
    if (!records) return [at, true]
    const nextOffset = Number(rest.readBigInt64BE(0)) + rest.readInt32BE(23) + 1
    if (nextOffset > state.simple.offset) {
      const isControl = (rest.readInt16BE(21) & 0x20) !== 0
      for (const { offset, key, value } of isControl ? [] : records) {
        if (offset < state.simple.offset) continue
        const report = simpleReport(key, value)
        if (!report || !simpleAdd(state.simple, report)) state.right.push(Number(offset))
      }
      state.simple.offset = nextOffset
    }
    at += end
  }
  return [bytes.length, false]
}

function readOrNothing(bytes: Buffer): SimpleRecord[] | undefined {
  try {
    return readBatch(bytes)
  } catch {
    return undefined
  }
}

// All is folded here first: of a fold that breaks off, the checkpoint is of no use. What this one holds does not matter.
const scratch = emptyCheckpoint(3)
const unheard = { onEpoch: () => {}, onRefused: () => {}, onAborted: () => {} }

/** Whether ours does as the simple reader; returns whether the bytes were read rather than refused. */
function agree(state: State, bytes: Buffer, what: () => string): boolean {
  Object.assign(scratch, { offset: state.simple.offset, isWhole: true })
  const [end, isDamaged] = simpleBatches(state, bytes)
  try {
    foldBatches(scratch, bytes, [], unheard)
    assert.ok(!isDamaged, `a damaged batch was taken: ${what()}`)
  } catch (error) {
    if (!(error instanceof OperatingError)) throw new Error(what(), { cause: error })
    assert.ok(isDamaged, `${error.message}: ${what()}`)
  }
  assert.equal(scratch.offset, state.simple.offset, what())
  const onRefused = (offset: number) => state.refused.push(offset)
  foldBatches(state.checkpoint, bytes.subarray(0, end), [], { ...unheard, onRefused })
  assert.equal(state.checkpoint.offset, state.simple.offset, what())
  if (state.refused.length !== state.right.length) assert.deepEqual(state.refused, state.right, what())
  return !isDamaged
}

/** Holds all that was counted against the simple sums. */
function expectSame({ checkpoint, simple, refused, right }: State, what: string): void {
  assert.deepEqual(refused, right, what)
  const file = JSON.parse(Buffer.concat(formatCheckpoint(checkpoint)).toString())
  assert.deepEqual(file, simpleFile(simple, 3), what)
  assert.deepEqual(newMissingDays(checkpoint) ?? {}, simpleMissingDays(simple), what)
}

/** Folds so many cases made by `make`, and looks now and then at all that was counted, and at the memory taken. */
function fuzz(t: TestContext, count: number, make: (random: Random, offset: number) => Buffer): void {
  const random = randomOf(seededRandom(t))
  // Most of the time would go into the stacks of refusals.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  t.after(() => Object.assign(Error, { stackTraceLimit }))
  const before = process.memoryUsage.rss()
  let [state, taken, refused, most] = [newState(0), 0, 0, 0]
  for (let run = 0; run < count; run++) {
    const bytes = make(random, state.checkpoint.offset)
    if (agree(state, bytes, () => `case ${run}: ${bytes.toString('hex')}`)) taken++
    const { offset } = state.checkpoint
    if (run % 2000 !== 1999 && offset >= 0 && offset < 2 ** 52) continue
    expectSame(state, `up to case ${run}`)
    refused += state.right.length
    state = newState(offset > 2 ** 40 || offset < 0 ? 0 : offset)
    most = Math.max(most, process.memoryUsage.rss() - before)
  }
  expectSame(state, 'at the end')
  t.diagnostic(
    `${count} cases: ${taken} read, ${refused} records in them refused; ${most >> 20} MB more at the most`,
  )
  assert.ok(most < 400 * 2 ** 20, `${most} bytes more`)
}

test('good records are counted whatever stands between them', (t) => {
  fuzz(t, Math.ceil(cases * 0.6), (random, offset) => {
    const records = randomRecords(random, true)
    // At times fetched from somewhat before the place where the fold stands.
    const base = Math.max(0, offset - (random.oneIn(10) ? random.upTo(5) : 0))
    return writeBatch(records, base, records.at(-1)!.offsetDelta + random.upTo(2))
  })
})

test('a damaged batch between good ones is refused whole, or read as a simple reader reads it', (t) => {
  fuzz(t, Math.floor(cases * 0.4), (random, start) => {
    let offset = start
    const goodBatch = () => {
      const records = randomRecords(random, random.oneIn(2))
      const last = records.at(-1)!.offsetDelta
      offset += last + 1
      return writeBatch(records, offset - last - 1, last)
    }
    const before = random.oneIn(3) ? goodBatch() : nothing
    const batch = goodBatch()
    const damaged = mend(damage(batch, random), batch, random)
    if (random.oneIn(40)) return compressed(damaged, random)
    return Buffer.concat([before, damaged, random.oneIn(20) ? goodBatch() : nothing])
  })
})

const nothing = Buffer.alloc(0)

function compressed(bytes: Buffer, { upTo }: Random): Buffer {
  return bytes.length < 61 ? bytes : compressBatch(bytes, compressions[upTo(compressions.length)]!)
}
