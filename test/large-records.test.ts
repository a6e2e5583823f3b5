// Records that no report could fill, of which some take two kilobytes in the log: refused by their length.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brokerAddress, createTopic } from './support/kafka.ts'
import { readPartitionFile } from './support/partition-files.ts'
import { runProgram, temporaryFolder } from './support/program.ts'
import { type RawRecord, reportRecord, sendRecords } from './support/send-records.ts'

// Node itself takes a quarter of it, and what 60 MiB are decompressed into a half.
const megabytesMax = 400
const preload = new URL('./support/peak-memory.ts', import.meta.url).href

/** A report with a great many fields that are unknown to us. */
function largeReport(bytes: number): RawRecord {
  const { key, value } = reportRecord('1990-01-02', 50)
  return { key, value: Buffer.concat([value!, Buffer.alloc(bytes - value!.length, '\x18\0')]) }
}

/** Runs a program to its end; holds its peak memory against the limit. */
async function runMeasured(
  t: TestContext,
  name: string,
  args: readonly string[],
  environment: Record<string, string>,
) {
  const file = join(await temporaryFolder(t), 'peak')
  const measured = { NODE_OPTIONS: `--import=${preload}`, PEAK_MEMORY_FILE: file }
  const run = await runProgram(t, name, args, { ...environment, ...measured })
  assert.equal(run.code, 0, run.stdout + run.stderr)
  const megabytes = Math.round(Number(readFileSync(file, 'utf8')) / 1e6)
  t.diagnostic(`${name}: ${megabytes} MB at the most`)
  assert.ok(megabytes <= megabytesMax, `${name} took ${megabytes} MB`)
  return run
}

type Case = { compression: 'gzip' | 'lz4' | 'zstd'; batches: RawRecord[][]; isRefused?: boolean }

const mebibyte = 2 ** 20
const hugeReport = largeReport(60 * mebibyte)
const hugeKey = {
  key: Buffer.alloc(60 * mebibyte, 'J'),
  value: reportRecord('1990-01-02', 50).value,
  partition: 2,
}
const megabyteReport = largeReport(1_000_001)

const cases: Record<string, Case> = {
  'a record of 60 MiB': { compression: 'gzip', batches: [[hugeReport]], isRefused: true },
  'a key of 60 MiB': { compression: 'gzip', batches: [[hugeKey]], isRefused: true },
  'ten records of 60 MiB in 30 kB': {
    compression: 'zstd',
    batches: Array(10).fill([hugeReport]),
    isRefused: true,
  },
  'five records of 60 MiB by another compression': {
    compression: 'lz4',
    batches: Array(5).fill([hugeReport]),
    isRefused: true,
  },
  'twenty reports of 1 MB': { compression: 'gzip', batches: Array(20).fill([megabyteReport]) },
  'twenty reports of 1 MB in a batch': { compression: 'zstd', batches: [Array(20).fill(megabyteReport)] },
}

for (const [what, { compression, batches, isRefused }] of Object.entries(cases)) {
  test(`little memory is taken by ${what}, and the records around are counted`, async (t) => {
    const { name: topic } = await createTopic(t)
    const directory = await temporaryFolder(t)
    const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
    await sendRecords(brokerAddress(), topic, [[reportRecord('1990-01-01', 20)]])
    await sendRecords(brokerAddress(), topic, batches, compression)
    await sendRecords(brokerAddress(), topic, [[reportRecord('1990-01-03', 30)]])
    const large = batches.flat().length

    const consumer = await runMeasured(t, 'consumer.ts', ['2', '--exit-at-end'], environment)
    const told =
      /^partition 2, offset 1: refused, not counted: it has 629\d{5} bytes, expected at most 4194304\./m
    assert.match(consumer.stderr, isRefused ? told : /^Caught up: partition 2 at /m)
    const [count, sum] = isRefused ? [2, 50] : [3, 100]
    assert.deepEqual(readPartitionFile(directory, 2), {
      ...{ partition: 2, offset: large + 2 },
      January: { 1990: { count, sum, avg: sum / count, start: '1990-01-01', end: '1990-01-03' } },
    })

    const verify = await runMeasured(t, 'verify.ts', ['--partition', '2', '--list'], environment)
    const others = isRefused
      ? `0 duplicates + 0 late + ${large} refused`
      : `${large - 1} duplicates + 0 late + 0 refused`
    assert.ok(
      verify.stdout.includes(`: ${large + 2} records = ${count} counted + ${others}; file agrees`),
      verify.stdout,
    )
    const listed = verify.stdout.match(/refused: the record has 629\d{5} bytes, expected at most 4194304/g)
    assert.equal(listed?.length ?? 0, isRefused ? large : 0, verify.stdout)
  })
}
