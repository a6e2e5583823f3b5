import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startBrokerBehindProxy } from './support/broker-behind-proxy.ts'
import { brokerAddress, createTopic } from './support/kafka.ts'
import { readPartitionFile } from './support/partition-files.ts'
import { runProgram, temporaryFolder } from './support/program.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'

/** A topic with duplicates, a late report and refused records in partition 2, and its partition files. */
async function counted(t: TestContext) {
  const { name: topic } = await createTopic(t)
  const records = [
    ...[
      reportRecord('1990-01-01', 10),
      reportRecord('1990-01-03', 30.25),
      reportRecord('1990-01-03', 1_000_000),
    ],
    ...[reportRecord('1990-01-02', 20), reportRecord('1991-01-01', -5), reportRecord('1990-02-01', 7)],
    { key: Buffer.from('January'), value: Buffer.from('no report') },
    { ...reportRecord('1990-01-09', 1), key: Buffer.from('June') },
  ]
  await sendRecords(brokerAddress(), topic, [records])
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
  const { code, stderr } = await runProgram(
    t,
    'consumer.ts',
    ['0', '1', '2', '3', '--exit-at-end'],
    environment,
  )
  assert.equal(code, 0, stderr)
  return { directory, environment }
}

test('verify.ts finds that all files agree with the log, and says what each record was', async (t) => {
  const { environment } = await counted(t)
  const { code, stdout, stderr } = await runProgram(t, 'verify.ts', [], environment)
  assert.equal(code, 0, stdout + stderr)
  assert.match(
    stdout,
    /partition 0: 0 records = 0 counted \+ 0 duplicates \+ 0 late \+ 0 refused; file agrees/,
  )
  assert.match(stdout, /partition 1: 1 records = 1 counted .*; file agrees/)
  assert.match(
    stdout,
    /partition 2: 7 records = 3 counted \+ 1 duplicates \+ 1 late \+ 2 refused; file agrees/,
  )
  // January 1990 and 1991, February 1990: count, sum and average of each.
  assert.match(stdout, /^All 9 numbers agree with the log\.$/m)
  assert.match(stdout, /8 records read in [\d.]+ s, \d+ records\/s\./)
})

for (const [what, from, to, difference] of [
  ['a count', '"count": 2', '"count": 1, "sum": 40.25, "avg": 40.25, "x": 0', undefined],
  [
    'a sum',
    '"sum": 40.25, "avg": 20.125',
    '"sum": 40.5, "avg": 20.25',
    'January 1990: sum is 40.5 in the file, 40.25 by the log',
  ],
  [
    'an end',
    '"end": "1990-01-03"',
    '"end": "1990-01-04"',
    'January 1990: end is 1990-01-04 in the file, 1990-01-03 by the log',
  ],
  [
    'a year too many',
    '"1991": {',
    '"1992": {"count": 1, "sum": 1, "avg": 1, "end": "1992-01-01", "start": "1992-01-01"}, "1991": {',
    'January 1992: is in the file, and has no report in the log',
  ],
] as const) {
  test(`verify.ts names the first difference when ${what} was changed in a file`, async (t) => {
    const { directory, environment } = await counted(t)
    const path = join(directory, 'partition-2.json')
    const text = readFileSync(path, 'utf8')
    assert.ok(text.includes(from), text)
    writeFileSync(path, text.replace(from, to))
    const { code, stdout, stderr } = await runProgram(t, 'verify.ts', ['--partition', '2'], environment)
    assert.equal(code, 1, stdout)
    assert.doesNotMatch(stdout, /numbers agree/)
    if (difference) assert.ok(stdout.includes(`; ${difference}`), stdout)
    else assert.match(stderr, /partition-2\.json: January\.1990/)
  })
}

test('verify.ts --list names each record that was not counted, --month those behind a number', async (t) => {
  const { environment } = await counted(t)
  const list = (await runProgram(t, 'verify.ts', ['--list', '--partition', '2'], environment)).stdout
  assert.match(list, /partition 2, offset 2: 1990-01-03, 1000000 °F, duplicate, not counted/)
  assert.match(list, /partition 2, offset 3: 1990-01-02, 20 °F, late, not counted/)
  assert.match(list, /partition 2, offset 5: refused: the value is no Report/)
  assert.match(list, /partition 2, offset 6: refused: the key is not January/)
  const month = (await runProgram(t, 'verify.ts', ['--month', 'January-1991'], environment)).stdout
  assert.match(month, /partition 2, offset 4: 1991-01-01, -5 °F, counted/)
  assert.doesNotMatch(month, /1990-01/)
})

test('verify.ts prints the file as it was at an offset, and before a date', async (t) => {
  const { directory, environment } = await counted(t)
  const january = { count: 1, sum: 10, avg: 10, end: '1990-01-01', start: '1990-01-01' }
  for (const args of [
    ['--partition', '2', '--until', '1'],
    ['--partition', '2', '--at-date', '1990-01-01'],
  ]) {
    const { stdout } = await runProgram(t, 'verify.ts', args, environment)
    assert.deepEqual(JSON.parse(stdout), { partition: 2, offset: 1, January: { 1990: january } })
  }
  const whole = await runProgram(t, 'verify.ts', ['--partition', '2', '--until', '7'], environment)
  assert.deepEqual(JSON.parse(whole.stdout), readPartitionFile(directory, 2))
})

test('verify.ts says that a file belongs to an earlier topic', async (t) => {
  const { environment } = await counted(t)
  await createTopic(t, brokerAddress(), environment.TOPIC)
  const { code, stdout } = await runProgram(t, 'verify.ts', ['--partition', '1'], environment)
  assert.equal(code, 1)
  assert.match(stdout, /partition 1: the file belongs to topic id .* has .* now/)
})

test('verify.ts accuses no file by a broker that knows less of the log than was counted', async (t) => {
  const { directory, environment } = await counted(t)
  const path = join(directory, '.almanac', 'partition-2.json')
  const noted = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...noted, epochs: [...noted.epochs, [4, 6]] }))
  const { code, stdout } = await runProgram(t, 'verify.ts', ['--partition', '2'], environment)
  assert.equal(code, 1)
  assert.match(
    stdout,
    /partition 2: the file counts records of leader epoch 4, the broker knows the log up to 0: is it cut off/,
  )
})

test('verify.ts that finds no partition file has verified nothing, and says so with exit code 1', async (t) => {
  const empty = await temporaryFolder(t)
  const other = await temporaryFolder(t)
  writeFileSync(join(other, 'partition-2.json'), '{"partition": 2, "offset": 0}')
  const hint = /^Nothing verified: .*DATA_DIR.*`npm start` keeps its files in data\/\.$/m
  for (const [directory, args, found] of [
    [empty, [], `no partition file in ${empty}.`],
    [empty, ['--partition', '2'], `no partition-2.json in ${empty}.`],
    [other, ['--partition', '1'], `no partition-1.json in ${other}.`],
    [join(empty, 'absent'), [], `no partition file in ${join(empty, 'absent')} (ENOENT`],
    [join(other, 'partition-2.json'), [], `no partition file in ${join(other, 'partition-2.json')} (ENOTDIR`],
  ] as const) {
    // No broker is needed to find that out.
    const environment = { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1', DATA_DIR: directory }
    const { code, stdout, stderr } = await runProgram(t, 'verify.ts', args, environment)
    assert.equal(code, 1, stdout + stderr)
    assert.ok(stderr.startsWith(`Nothing verified: ${found}`), stderr)
    assert.match(stderr, hint)
    assert.equal(stdout, '')
  }
})

test('verify.ts says which partitions it verified when only some have a file', async (t) => {
  const { directory, environment } = await counted(t)
  for (const partition of [1, 3]) {
    rmSync(join(directory, `partition-${partition}.json`))
    rmSync(join(directory, '.almanac', `partition-${partition}.json`))
  }
  const { code, stdout, stderr } = await runProgram(t, 'verify.ts', [], environment)
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /^partition 1: no file in .*\npartition 2: .*; file agrees\npartition 3: no file in /m)
  assert.match(
    stdout,
    /^All 6 numbers of partitions 0, 2 agree with the log\. Not verified, without a file: partitions 1, 3\.$/m,
  )
})

test('verify.ts agrees with nothing when a file that a consumer kept is gone', async (t) => {
  const { directory, environment } = await counted(t)
  rmSync(join(directory, 'partition-1.json'))
  const { code, stdout } = await runProgram(t, 'verify.ts', [], environment)
  assert.equal(code, 1, stdout)
  assert.match(stdout, /^partition 1: no file in .*, although a consumer kept one there/m)
  assert.doesNotMatch(stdout, /numbers.* agree/)
})

test('verify.ts refuses options that make no sense with exit code 2', async (t) => {
  for (const args of [
    ['--partition', '4'],
    ['--until', '3'],
    ['--month', '2010-01'],
    ['--at-date', '2010-02-30'],
    ['now'],
  ]) {
    const { code, stderr } = await runProgram(t, 'verify.ts', args)
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, /Usage: verify\.ts/)
  }
})

test('verify.ts comes to its verdict whichever of its first ten responses is cut off', async (t) => {
  const { address, proxy } = await startBrokerBehindProxy(t)
  const { name: topic } = await createTopic(t, address)
  await sendRecords(address, topic, [['1990-03-02', '1990-02-02'].map((date) => reportRecord(date, 20))])
  const environment = { KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, DATA_DIR: await temporaryFolder(t) }
  const all = ['0', '1', '2', '3', '--exit-at-end']
  assert.equal((await runProgram(t, 'consumer.ts', all, environment)).code, 0)
  // By then it has looked for the topic, read its first record, and begun to replay.
  for (let cut = 0; cut < 10; cut++) {
    await proxy.trouble({ kind: 'reset', skip: cut })
    const { code, stdout, stderr } = await runProgram(t, 'verify.ts', ['--partition', '0'], environment)
    assert.equal(code, 0, `response ${cut + 1}: ${stderr}`)
    assert.match(stdout, /All 3 numbers agree/)
    assert.equal(proxy.hits(), 1)
  }
})
