/*
 * What checksums, decoding and folding cost, without a broker: nanoseconds a record of logs in memory, sent in bulk and one
 * by one. Each step contains the ones before it. `node bench/decode.ts`
 */
import { crc32c as native } from '@node-rs/crc32'
import { crc32cInPlace } from '../files/lib/kafka/crc32c.ts'
import {
  checkBatch,
  emptyHeader,
  emptyReader,
  nextRecord,
  openRecords,
  readBatchHeader,
} from '../files/lib/kafka/record-batch.ts'
import { emptyCheckpoint } from '../files/lib/stats/checkpoint.ts'
import { foldBatches } from '../files/lib/stats/fold.ts'
import { encodeReport } from '../files/lib/weather/encode-report.ts'
import { type RecordBytes, writeBatch } from '../test/support/batch-writer.ts'
import { type Compression, compressBatch } from '../test/support/build-batch.ts'
import { median, takeTurns } from './rounds.ts'

const recordCount = 900_000
const rounds = 11
const answerBytes = 1 << 20

/** Days of three months, as one partition has them, year after year; the days come again when the years are over. */
function* reports(): Generator<RecordBytes> {
  const months = ['May', 'September', 'December'].map((name) => Buffer.from(name))
  const numbers = ['05', '09', '12']
  for (let i = 0; i < recordCount; i++) {
    const month = Math.floor(i / 30) % 3
    const year = 1 + (Math.floor(i / 90) % 9999)
    const date = `${String(year).padStart(4, '0')}-${numbers[month]}-${String(1 + (i % 30)).padStart(2, '0')}`
    yield { key: months[month]!, value: encodeReport(date, 30 + (i % 37) / 10), offsetDelta: 0 }
  }
}

/** Answers of about 1 MiB, as a broker gives them, their batches of so many records. */
function makeLog(batchSize: number, compression: Compression): Buffer[] {
  const answers: Buffer[] = []
  let [batches, bytes, offset]: [Buffer[], number, number] = [[], 0, 0]
  let records: RecordBytes[] = []
  for (const record of reports()) {
    records.push({ ...record, offsetDelta: records.length })
    if (records.length < batchSize) continue
    const plain = writeBatch(records, offset, batchSize - 1)
    const batch = compression === 'none' ? plain : compressBatch(plain, compression)
    batches.push(batch)
    bytes += batch.length
    offset += batchSize
    records = []
    if (bytes < answerBytes) continue
    answers.push(Buffer.concat(batches))
    ;[batches, bytes] = [[], 0]
  }
  return [...answers, Buffer.concat(batches)]
}

const header = emptyHeader()
const reader = emptyReader()

function walk(log: Buffer[], step: (bytes: Buffer) => void): void {
  for (const bytes of log)
    for (let at = 0; readBatchHeader(bytes, at, header); at += header.byteLength) step(bytes)
}

const steps: Record<string, (log: Buffer[]) => void> = {
  'headers alone': (log) => walk(log, () => {}),
  'headers, CRC-32C': (log) => walk(log, (bytes) => checkBatch(bytes, header)),
  'records decoded': (log) =>
    walk(log, (bytes) => {
      checkBatch(bytes, header)
      openRecords(reader, bytes, header)
      while (nextRecord(reader));
    }),
  'records folded': (log) => {
    const checkpoint = emptyCheckpoint(0)
    const ignore = () => {}
    for (const bytes of log)
      foldBatches(checkpoint, bytes, [], { onEpoch: ignore, onRefused: ignore, onAborted: ignore })
    if (checkpoint.offset !== recordCount) throw new Error(`folded up to ${checkpoint.offset}`)
  },
}

const logs: [what: string, batchSize: number, compression: Compression][] = [
  ['1,000 a batch', 1000, 'none'],
  ['one a batch', 1, 'none'],
  ['1,000 a batch, lz4', 1000, 'lz4'],
  ['1,000 a batch, snappy', 1000, 'snappy'],
  ['1,000 a batch, gzip', 1000, 'gzip'],
  ['1,000 a batch, zstd', 1000, 'zstd'],
]
console.log('ns of processor time: median, smallest')
const bytes = Buffer.alloc(1 << 20, 'Almanac')
for (const length of [76, 200, 300, 400, 500, 1000, 36_000]) {
  // Each time at another place, as batches are.
  const sumUp = (checksum: (start: number, end: number) => number) => async () =>
    nanoseconds(Math.ceil(2e7 / length), (i) => {
      const start = (i * 97) & 0xffff
      checksum(start, start + length)
    })
  const taken = await takeTurns(rounds, {
    'in place': sumUp((start, end) => crc32cInPlace(bytes, start, end)),
    native: sumUp((start, end) => native(bytes.subarray(start, end))),
  })
  for (const [name, values] of Object.entries(taken)) print(`CRC-32C of ${length} bytes: ${name}`, values)
}
for (const [what, batchSize, compression] of logs) {
  const log = makeLog(batchSize, compression)
  const measures = Object.fromEntries(
    Object.entries(steps).map(([name, step]) => [
      name,
      async () => nanoseconds(1, () => step(log)) / recordCount,
    ]),
  )
  const taken = await takeTurns(rounds, measures)
  for (const [name, values] of Object.entries(taken)) print(`a record, ${what}: ${name}`, values)
}

function print(what: string, values: readonly number[]): void {
  console.log(`${what}: ${median(values).toFixed(1)}, ${Math.min(...values).toFixed(1)}`)
}

/** Nanoseconds of processor time that one of so many calls takes. */
function nanoseconds(calls: number, call: (i: number) => void): number {
  const begin = process.threadCpuUsage()
  for (let i = 0; i < calls; i++) call(i)
  const { user, system } = process.threadCpuUsage(begin)
  return ((user + system) * 1000) / calls
}
