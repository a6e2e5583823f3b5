import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { OperatingError } from '../files/lib/core/program.ts'
import { partitionOf } from '../files/lib/produce/send.ts'
import { type RawRecord, reportRecord, sendRecords } from '../test/support/send-records.ts'
import { createTopic } from './fill.ts'
import { catchUp, verify } from './our-programs.ts'
import { figureRow, type Limits, type Measured } from './report-table.ts'
import { median, takeTurns } from './rounds.ts'
import type { Setup } from './setup.ts'

/** Records larger than any report needs to be, by groups that are a batch each. */
type LargeRecords = {
  what: string
  groups: readonly (readonly RawRecord[])[]
  compression: 'none' | 'gzip'
  /** How many of them are reports, of 1 °F each. */
  reports: number
}

const limits: Limits = [400, 250]
const topic = 'large-records'
const partition = partitionOf('1990-01-01')

/** A report of that length: after its two fields come many that are unknown. */
function largeReport(date: string, bytes: number): RawRecord {
  const { key, value } = reportRecord(date, 1)
  return { key, value: Buffer.concat([value!, Buffer.alloc((bytes - value!.length) & ~1, '\x18\0')]) }
}

/** No report: its first byte begins no field of protobuf's. */
function noReport(bytes: number): RawRecord {
  return { key: Buffer.from('January'), value: Buffer.alloc(bytes, 7) }
}

const cases: readonly LargeRecords[] = [
  {
    what: 'a record that expands to 60 MiB, refused, the rest counted',
    groups: [[largeReport('1990-01-02', 60 * 2 ** 20)]],
    ...{ compression: 'gzip', reports: 0 },
  },
  {
    what: 'twenty records of 1 MB, refused, the rest counted',
    groups: Array.from({ length: 20 }, () => [noReport(1_000_000)]),
    ...{ compression: 'none', reports: 0 },
  },
  {
    what: 'twenty reports of 1 MB in one batch, counted',
    groups: [Array.from({ length: 20 }, (_, i) => largeReport(`1990-01-${i + 10}`, 1_000_000))],
    ...{ compression: 'gzip', reports: 20 },
  },
]

/**
 * Measures the peak memory of consumer.ts and verify.ts with large records between two reports.
 *
 * @throws OperatingError when the partition file holds anything but the reports, or verify.ts disagrees
 */
export async function measureLargeRecords(setup: Setup, rounds: number): Promise<Measured> {
  const parts: Measured[] = []
  for (const large of cases) parts.push(await measureCase(setup, large, rounds))
  return { rows: parts.flatMap(({ rows }) => rows), raw: parts.flatMap(({ raw }) => raw) }
}

async function measureCase(setup: Setup, large: LargeRecords, rounds: number): Promise<Measured> {
  await createTopic(setup, topic)
  await sendRecords(setup.address, topic, [[reportRecord('1990-01-01', 20)]])
  await sendRecords(setup.address, topic, large.groups, large.compression)
  await sendRecords(setup.address, topic, [[reportRecord('1990-01-31', 30)]])
  const directory = join(setup.folder, topic)
  const taken = await takeTurns(rounds, {
    'consumer.ts': async () => {
      const { peakMegabytes } = await catchUp(setup, topic, await setup.makeFolder(topic))
      expectCounted(directory, large)
      return peakMegabytes
    },
    'verify.ts': async () => (await verify(setup, topic, directory)).peakMegabytes,
  })
  const peaks = Object.entries(taken).map(([name, values]) => {
    return { what: `${large.what}: peak RSS of ${name}`, unit: 'MB' as const, values }
  })
  return {
    rows: peaks.map(({ what, unit, values }) => figureRow(what, median(values), unit, limits)),
    raw: peaks,
  }
}

function expectCounted(directory: string, { what, groups, reports }: LargeRecords): void {
  const [count, sum] = [2 + reports, 50 + reports]
  const expected = {
    ...{ partition, offset: 2 + groups.flat().length },
    January: { 1990: { count, sum, avg: sum / count, end: '1990-01-31', start: '1990-01-01' } },
  }
  const found = readFileSync(join(directory, `partition-${partition}.json`), 'utf8')
  if (isDeepStrictEqual(JSON.parse(found), expected)) return
  throw new OperatingError(`${what}: the partition file is ${found}, expected ${JSON.stringify(expected)}.`)
}
