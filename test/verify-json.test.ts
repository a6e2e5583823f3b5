// verify.ts --json: one object on standard output, as docs/verify-json.md has it, whatever comes out.
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brokerAddress, createTopic, startAdmin } from './support/kafka.ts'
import { runProgram, temporaryFolder } from './support/program.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'

const nothing = { records: 0, counted: 0, duplicates: 0, late: 0, refused: 0, aborted: 0, numbers: 0 }

/** A refused record in partition 0, a month in 1, in 2 two months, a duplicate and a late report; and the files. */
async function counted(t: TestContext) {
  const { name: topic } = await createTopic(t)
  const days = ['1990-01-01', '1990-01-03', '1990-01-03', '1990-01-02', '1991-01-01', '1990-02-01']
  await sendRecords(brokerAddress(), topic, [
    [
      ...days.map((day) => reportRecord(day, 20)),
      { key: null, value: Buffer.from('no report'), partition: 0 },
    ],
  ])
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
  const all = ['0', '1', '2', '3', '--exit-at-end']
  const consumer = await runProgram(t, 'consumer.ts', all, environment)
  assert.equal(consumer.code, 0, consumer.stderr)
  const path = (partition: number) => join(directory, `partition-${partition}.json`)
  const change = (partition: number, from: string, to: string) => {
    const text = readFileSync(path(partition), 'utf8')
    assert.ok(text.includes(from), text)
    writeFileSync(path(partition), text.replace(from, to))
  }
  return { topic, directory, environment, path, change, verify: () => verifyJson(t, environment) }
}

async function verifyJson(t: TestContext, environment: Record<string, string>, args: string[] = []) {
  const { code, stdout, stderr } = await runProgram(t, 'verify.ts', ['--json', ...args], environment)
  assert.match(stdout, /^\{.*\}\n$/, stdout + stderr)
  return { code, stderr, ...JSON.parse(stdout) }
}

test('verify.ts --json prints one object: a verdict, and the numbers of each partition', async (t) => {
  const { verify } = await counted(t)
  const { code, stderr, ...printed } = await verify()
  assert.equal(code, 0, stderr)
  const agree = { verdict: 'agree', differences: [], error: null }
  const partitions = [
    { partition: 0, ...agree, ...nothing, records: 1, refused: 1, offset: 1 },
    { partition: 1, ...agree, ...nothing, records: 1, counted: 1, numbers: 3, offset: 1 },
    {
      ...{ partition: 2, ...agree, ...nothing },
      ...{ records: 5, counted: 3, duplicates: 1, late: 1, numbers: 6, offset: 5 },
    },
    { partition: 3, ...agree, ...nothing, offset: 0 },
  ]
  assert.deepEqual(printed, { verdict: 'agree', partitions, numbers: 9, error: null })
})

test('verify.ts --json lists every difference with what the file and the log have', async (t) => {
  const { change, verify } = await counted(t)
  change(2, '"sum": 40, "avg": 20', '"sum": 42, "avg": 21')
  change(2, '"1991": {"count": 1', '"1992": {"count": 1')
  change(2, '"end": "1991-01-01", "start": "1991-01-01"', '"end": "1992-01-01", "start": "1992-01-01"')
  const { code, verdict, partitions } = await verify()
  assert.deepEqual([code, verdict], [1, 'differ'])
  assert.deepEqual(
    partitions.map(({ verdict }: { verdict: string }) => verdict),
    ['agree', 'agree', 'differ', 'agree'],
  )
  assert.equal(partitions[2].error, null)
  const [january, next, after] = ['1990', '1991', '1992'].map((year) => ({ month: 'January', year }))
  assert.deepEqual(partitions[2].differences, [
    { ...january, field: 'sum', file: 42, log: 40 },
    { ...january, field: 'avg', file: 21, log: 20 },
    { ...next, field: 'count', file: null, log: 1 },
    { ...after, field: 'count', file: 1, log: null },
  ])
})

test('verify.ts --json says of a partition that cannot be compared why, and compares the others', async (t) => {
  const { change, path, verify, directory } = await counted(t)
  change(2, '"sum": 40,', '"sum": 41,')
  rmSync(path(0))
  rmSync(path(3))
  rmSync(join(directory, '.almanac/partition-3.json'), { force: true })
  const kept = path(0).replace('partition-0.json', '.almanac/partition-0.json')
  writeFileSync(kept, readFileSync(join(directory, '.almanac/partition-1.json')))
  const { code, verdict, partitions } = await verify()
  assert.deepEqual([code, verdict], [1, 'unknown'])
  assert.deepEqual(
    partitions.map(({ verdict }: { verdict: string }) => verdict),
    ['unknown', 'agree', 'unknown', 'absent'],
  )
  assert.match(partitions[0].error, /^no file in .*, although a consumer kept one there/)
  assert.match(partitions[2].error, /partition-2\.json: January\.1990\.avg is 20: expected sum \/ count/)
  assert.match(partitions[3].error, /^no file in /)
  assert.deepEqual([partitions[0].offset, partitions[2].offset, partitions[3].offset], [null, null, null])
})

test('verify.ts --json agrees when some partitions have no file yet', async (t) => {
  const { path, verify, directory } = await counted(t)
  rmSync(path(1))
  rmSync(join(directory, '.almanac/partition-1.json'))
  const { code, verdict, numbers } = await verify()
  assert.deepEqual([code, verdict, numbers], [0, 'agree', 6])
})

test('verify.ts --json finds a month that the file lacks also where the log has lost its first records', async (t) => {
  const { topic, change, verify } = await counted(t)
  const trim = { topics: [{ name: topic, partitions: [{ partition: 2, offset: 1n }] }] }
  await startAdmin(t).deleteRecords(trim)
  const before = await verify()
  assert.deepEqual([before.code, before.verdict], [1, 'unknown'])
  assert.match(
    before.partitions[2].error,
    /^the log begins at offset 1: 1 of 2 months are still proven by it$/,
  )
  change(2, '"1991": {"count": 1', '"1992": {"count": 1')
  change(2, '"end": "1991-01-01", "start": "1991-01-01"', '"end": "1992-01-01", "start": "1992-01-01"')
  const { code, verdict, partitions } = await verify()
  assert.deepEqual([code, verdict], [1, 'differ'])
  const lost = { month: 'January', year: '1991', field: 'count', file: null, log: 1 }
  assert.deepEqual(partitions[2].differences, [lost])
})

test('verify.ts --json prints an object also when nothing can be verified', async (t) => {
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1', DATA_DIR: directory }
  const { code, stderr, ...printed } = await verifyJson(t, environment)
  assert.equal(code, 1)
  assert.deepEqual(
    { ...printed, error: `${printed.error}\n` },
    { verdict: 'unknown', partitions: [], numbers: 0, error: stderr },
  )
  assert.match(stderr, /^Nothing verified: no partition file in /)
})

test('verify.ts --json calls the file of an earlier topic unknown', async (t) => {
  const { topic, verify } = await counted(t)
  await createTopic(t, brokerAddress(), topic)
  const { code, verdict, partitions } = await verify()
  assert.deepEqual([code, verdict], [1, 'unknown'])
  assert.match(partitions[2].error, /^the file belongs to topic id .* has .* now/)
})

test('verify.ts refuses --json with an option that prints something else', async (t) => {
  for (const other of [['--list'], ['--month', 'January-1990'], ['--until', '1', '--partition', '0']]) {
    const { code, stdout, stderr } = await runProgram(t, 'verify.ts', ['--json', ...other])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, new RegExp(`--json and ${other[0]} exclude each other`))
  }
})
