import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { brokerAddress, createTopic, startAdmin, uniqueTopic } from './support/kafka.ts'
import { expectFilesEqualTopic, offsetsIn, readPartitionFile } from './support/partition-files.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { type RawRecord, reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

const all = ['0', '1', '2', '3']
const toEnd = [...all, '--exit-at-end']

/** A topic and a folder of the test's own, as the environment of the programs. */
async function own(t: test.TestContext) {
  const { name: topic, id } = await createTopic(t)
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
  return { topic, id, directory, environment }
}

for (const [args, complaint] of [
  [[], 'No partition is named'],
  [['zero'], "'zero' is no partition"],
  [['4'], "'4' is no partition"],
  [['1', '2', '1'], 'Partition 1 is named twice'],
  [['0', '--fast'], '--fast'],
] as const) {
  test(`consumer.ts ${args.join(' ')} exits with 2, the reason and the usage line`, async (t) => {
    const { code, stderr } = await runProgram(t, 'consumer.ts', args)
    assert.equal(code, 2)
    assert.match(stderr, new RegExp(complaint))
    assert.match(stderr, /Usage: consumer\.ts PARTITION/)
  })
}

test('consumer.ts counts every report once and stops at the end', async (t) => {
  const { topic, directory, environment } = await own(t)
  const days = [
    '1990-01-01',
    '1990-01-02',
    '1990-01-02',
    '1990-02-01',
    '1990-03-31',
    '1990-04-01',
    '1990-05-05',
  ]
  await sendRecords(brokerAddress(), topic, [days.map((date, i) => reportRecord(date, 10.5 * i))])
  const { code, stderr } = await runProgram(t, 'consumer.ts', toEnd, environment)
  assert.equal(code, 0, stderr)
  assert.equal(await expectFilesEqualTopic(directory, brokerAddress(), topic), days.length)
  assert.deepEqual(readPartitionFile(directory, 2).January['1990'], {
    ...{ count: 2, sum: 10.5, avg: 5.25, start: '1990-01-01', end: '1990-01-02' },
  })
})

test('consumer.ts writes the first version of its files before any broker answers', async (t) => {
  const directory = await temporaryFolder(t)
  const program = startProgram(t, 'consumer.ts', ['0', '2'], {
    KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
    DATA_DIR: directory,
  })
  await waitFor('the files', () => existsSync(join(directory, 'partition-2.json')))
  assert.deepEqual(readPartitionFile(directory, 0), { partition: 0, offset: 0 })
  await waitFor('the waiting line', () =>
    program.stderr().includes('Waiting up to 30 s for a broker at 127.0.0.1:1'),
  )
  program.child.kill('SIGTERM')
  assert.deepEqual(await program.ended, { code: 0, signal: null })
})

test('consumer.ts waits for the topic, says so once, and begins when it appears', async (t) => {
  const topic = uniqueTopic()
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
  const program = startProgram(t, 'consumer.ts', all, environment)
  await waitFor('the waiting line', () => program.stderr().includes(`Waiting for the topic ${topic}`))
  await createTopic(t, brokerAddress(), topic)
  await sendRecords(brokerAddress(), topic, [[reportRecord('1990-01-01', 20)]])
  await waitFor('the report', () => offsetsIn(directory)[2] === 1)
  assert.equal(program.stderr().split('Waiting for the topic').length, 2)
})

test('1,000 refused records mixed with reports are passed over, told with their reasons, and nothing is lost', async (t) => {
  const { topic, directory, environment } = await own(t)
  const bad: RawRecord[] = [
    { key: Buffer.from('January'), value: Buffer.from('not protobuf') },
    { key: Buffer.from('January'), value: null },
    { ...reportRecord('1990-01-05', 1), key: null, partition: 2 },
    { ...reportRecord('1990-01-05', 1), key: Buffer.from('June') },
    { ...reportRecord('1990-02-30', 1), key: Buffer.from('January') },
    reportRecord('1990-01-05', Number.NaN),
    reportRecord('1990-01-05', Number.POSITIVE_INFINITY),
    { key: Buffer.from('January'), value: Buffer.alloc(0) },
  ]
  const groups = Array.from({ length: 125 }, (_, i) => [
    reportRecord(`${1900 + i}-01-0${1 + (i % 9)}`, i / 4),
    ...bad.map((record) => ({ ...record, partition: 2 })),
  ])
  await sendRecords(brokerAddress(), topic, groups)
  const { code, stderr } = await runProgram(t, 'consumer.ts', ['2', '--exit-at-end'], environment)
  assert.equal(code, 0, stderr)
  assert.match(
    stderr,
    /partition 2, offset 1: refused, not counted: its value is no Report .* And 999 more\./,
  )
  const { January, offset } = readPartitionFile(directory, 2)
  assert.equal(offset, 125 * 9)
  assert.equal(Object.keys(January).length, 125)
  for (let i = 0; i < 125; i++) assert.deepEqual([January[1900 + i].count, January[1900 + i].sum], [1, i / 4])
})

test('a damaged partition file stops the consumer and is left as it is', async (t) => {
  const { directory, environment } = await own(t)
  const path = join(directory, 'partition-1.json')
  const text = '{"partition": 1, "offset": 3, "May": {"1990": {"count": 0.5}}}'
  writeFileSync(path, text)
  const { code, stderr } = await runProgram(t, 'consumer.ts', ['1'], environment)
  assert.equal(code, 1)
  assert.match(stderr, /partition-1\.json: May\.1990\.\w+ is .*expected .*--rebuild/)
  assert.equal(readFileSync(path, 'utf8'), text)
  const rebuilt = await runProgram(t, 'consumer.ts', ['1', '--rebuild', '--exit-at-end'], environment)
  assert.equal(rebuilt.code, 0, rebuilt.stderr)
  assert.deepEqual(readPartitionFile(directory, 1), { partition: 1, offset: 0 })
})

test('a second consumer on a partition is refused and told who keeps it', async (t) => {
  const { environment } = await own(t)
  const first = startProgram(t, 'consumer.ts', ['0', '1'], environment)
  await waitFor('the first to keep its partitions', () => first.stderr().includes('Caught up'))
  const second = await runProgram(t, 'consumer.ts', ['2', '1'], environment)
  assert.equal(second.code, 1)
  assert.match(
    second.stderr,
    new RegExp(`partition-1\\.lock: another consumer keeps this partition: process ${first.child.pid} on `),
  )
  first.child.kill('SIGKILL')
  await first.ended
  const third = await runProgram(t, 'consumer.ts', ['1', '--exit-at-end'], environment)
  assert.equal(third.code, 0, third.stderr)
})

test('a running consumer begins a recreated topic at 0 and archives the old results', async (t) => {
  const { topic, id, directory, environment } = await own(t)
  await sendRecords(brokerAddress(), topic, [
    [reportRecord('1990-01-01', 20), reportRecord('1990-02-01', 30)],
  ])
  const program = startProgram(t, 'consumer.ts', all, environment)
  await waitFor('both reports', () => offsetsIn(directory)[1] === 1 && offsetsIn(directory)[2] === 1)
  const old = readFileSync(join(directory, 'partition-2.json'), 'utf8')
  await createTopic(t, brokerAddress(), topic)
  await sendRecords(brokerAddress(), topic, [
    [reportRecord('1989-01-01', 10), reportRecord('1990-01-01', 15)],
  ])
  await waitFor('the new reports', () => offsetsIn(directory)[2] === 2)
  assert.equal(await expectFilesEqualTopic(directory, brokerAddress(), topic), 2)
  assert.equal(readFileSync(join(directory, 'archive', id, 'partition-2.json'), 'utf8'), old)
  assert.match(
    program.stderr(),
    /partition-2\.json: The topic was recreated: counting restarts at offset 0\. /,
  )
})

test('a topic recreated while no consumer runs is begun at 0 as well', async (t) => {
  const { topic, id, directory, environment } = await own(t)
  await sendRecords(brokerAddress(), topic, [[reportRecord('1990-01-01', 20)]])
  assert.equal((await runProgram(t, 'consumer.ts', toEnd, environment)).code, 0)
  await createTopic(t, brokerAddress(), topic)
  await sendRecords(brokerAddress(), topic, [
    [reportRecord('1990-01-01', 30)],
    [reportRecord('1990-01-02', 40)],
  ])
  assert.equal((await runProgram(t, 'consumer.ts', toEnd, environment)).code, 0)
  await expectFilesEqualTopic(directory, brokerAddress(), topic)
  assert.ok(existsSync(join(directory, 'archive', id, 'partition-2.json')))
})

test('a partition file from elsewhere is archived and its partition counted from the log', async (t) => {
  const { topic, directory, environment } = await own(t)
  await sendRecords(brokerAddress(), topic, [[reportRecord('1990-01-01', 20)]])
  const foreign =
    '{"partition": 2, "offset": 1, "January": {"1990": {"count": 1, "sum": 5, "avg": 5, "end": "1990-01-09", "start": "1990-01-09"}}}'
  writeFileSync(join(directory, 'partition-2.json'), foreign)
  const { code, stderr } = await runProgram(t, 'consumer.ts', toEnd, environment)
  assert.equal(code, 0, stderr)
  await expectFilesEqualTopic(directory, brokerAddress(), topic)
  const [folder] = readdirSync(join(directory, 'archive'))
  assert.match(folder!, /^unknown-/)
  assert.equal(readFileSync(join(directory, 'archive', folder!, 'partition-2.json'), 'utf8'), foreign)
})

// A consumer that went on instead would never end.
test('consumer.ts keeps its compiled modules in the cache folder before it can be killed', async (t) => {
  const { environment } = await own(t)
  const cache = await temporaryFolder(t)
  const consumer = startProgram(t, 'consumer.ts', ['0'], { ...environment, ALMANAC_CACHE: cache })
  await waitFor('its first line', () => consumer.stderr().includes('Keeping partition'))
  consumer.child.kill('SIGKILL')
  await consumer.ended
  const kept = readdirSync(join(cache, 'compiled'), { recursive: true })
  assert.ok(kept.length > 20, `${kept.length} files`)
})

test('--rebuild leaves the file where it is when the log no longer begins at 0, or is not there', async (t) => {
  const { topic, directory, environment } = await own(t)
  const days = Array.from({ length: 9 }, (_, i) => reportRecord(`1990-01-0${i + 1}`, i))
  await sendRecords(brokerAddress(), topic, [days])
  assert.equal((await runProgram(t, 'consumer.ts', ['2', '--exit-at-end'], environment)).code, 0)
  const before = readFileSync(join(directory, 'partition-2.json'), 'utf8')
  const rebuild = async (reason: RegExp, topic: string) => {
    const args = ['2', '--rebuild', '--exit-at-end']
    const { code, stderr } = await runProgram(t, 'consumer.ts', args, { ...environment, TOPIC: topic })
    assert.equal(code, 1, stderr)
    assert.match(stderr, reason)
    assert.match(stderr, /The partition files were left as they are\./)
    assert.equal(readFileSync(join(directory, 'partition-2.json'), 'utf8'), before)
    assert.equal(existsSync(join(directory, 'archive')), false)
  }
  await rebuild(/there is no topic none-of-that-name/, 'none-of-that-name')
  const partitions = [{ partition: 2, offset: 5n }]
  await startAdmin(t).deleteRecords({ topics: [{ name: topic, partitions }] })
  await rebuild(/the log of \S+\/2 begins at offset 5, and offset 0 is needed/, topic)
})

test('an offset past the end of the log stops the consumer, and --rebuild counts again', {
  timeout: 60_000,
}, async (t) => {
  const { topic, id, directory, environment } = await own(t)
  await sendRecords(brokerAddress(), topic, [[reportRecord('1990-01-01', 20)]])
  mkdirSync(join(directory, '.almanac'))
  writeFileSync(join(directory, '.almanac', 'partition-2.json'), JSON.stringify({ topicId: id, epochs: [] }))
  const text = '{"partition": 2, "offset": 4117}\n'
  writeFileSync(join(directory, 'partition-2.json'), text)
  const { code, stderr } = await runProgram(t, 'consumer.ts', ['2'], environment)
  assert.equal(code, 1)
  assert.match(
    stderr,
    new RegExp(
      `partition-2\\.json: offset 4117 is outside ${topic}/2, which holds offsets 0 to 1\\..*--rebuild`,
    ),
  )
  assert.equal(readFileSync(join(directory, 'partition-2.json'), 'utf8'), text)
  const rebuilt = await runProgram(t, 'consumer.ts', ['2', '--rebuild', '--exit-at-end'], environment)
  assert.equal(rebuilt.code, 0, rebuilt.stderr)
  assert.equal(readPartitionFile(directory, 2).January['1990'].sum, 20)
  assert.match(readdirSync(join(directory, 'archive'))[0]!, /^rebuild-/)
})

test('a log trimmed before it was counted stops the consumer', async (t) => {
  const { topic, directory, environment } = await own(t)
  await sendRecords(brokerAddress(), topic, [
    [reportRecord('1990-01-01', 20)],
    [reportRecord('1990-01-02', 20)],
  ])
  const admin = startAdmin(t)
  await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 2, offset: 1n }] }] })
  const { code, stderr } = await runProgram(t, 'consumer.ts', ['2'], environment)
  assert.equal(code, 1)
  assert.match(stderr, /offset 0 is outside .*which holds offsets 1 to 2\. Records 0 to 0 were deleted/)
  assert.deepEqual(readPartitionFile(directory, 2), { partition: 2, offset: 0 })
})

test('a topic of another number of partitions stops every program that reads it', async (t) => {
  const topic = uniqueTopic()
  await startAdmin(t).createTopics({ topics: [topic], partitions: 3, replicas: 1 })
  const environment = {
    KAFKA_BOOTSTRAP_SERVERS: brokerAddress(),
    TOPIC: topic,
    DATA_DIR: await temporaryFolder(t),
  }
  const { code, stderr } = await runProgram(t, 'consumer.ts', ['0'], environment)
  assert.equal(code, 1)
  assert.match(stderr, /has 3 partitions: expected 4/)
})
