import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { ConfigResourceTypes } from '@platformatic/kafka'
import { describeTopic } from '../files/lib/topic/topic.ts'
import { brokerAddress, createTopic, startAdmin, uniqueTopic } from './support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic, type TopicRecord } from './support/read-topic.ts'
import { seededRandom } from './support/seeded-random.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

const madison = join(import.meta.dirname, 'data/madison-tmax-1869-2023.csv')
const dayMs = 86_400_000

function startProducer(t: TestContext, topic: string, args: string[] = [], delaySeconds = 0) {
  return startProgram(t, 'producer.ts', args, environment(topic, delaySeconds))
}

function runProducer(t: TestContext, topic: string, ...args: string[]) {
  return runProgram(t, 'producer.ts', args, environment(topic, 0))
}

function environment(topic: string, delaySeconds: number) {
  return {
    KAFKA_BOOTSTRAP_SERVERS: brokerAddress(),
    TOPIC: topic,
    AUTOGRADER_DELAY_OVERRIDE_VAL: String(delaySeconds),
  }
}

async function writeCsv(t: TestContext, rows: readonly string[]): Promise<string> {
  const path = join(await temporaryFolder(t), 'observations.csv')
  await writeFile(path, `date,tmax_f\n${rows.join('\n')}\n`)
  return path
}

/** Resolves once the topic holds that many records. */
function recordsIn(topic: string, count: number): Promise<TopicRecord[]> {
  return waitFor(`${count} records in ${topic}`, async () => {
    const records = await readTopic(brokerAddress(), topic)
    return records.length >= count ? records : undefined
  })
}

/** Asserts that the generator's dates go on from 1990-01-01 day by day, each sent once but for the 5 % repeats. */
function assertContiguousWeather(records: readonly TopicRecord[]): void {
  const first = records.filter(({ degrees }) => degrees !== 1_000_000).map(({ date }) => date)
  const expected = first.map((_, day) =>
    new Date(Date.UTC(1990, 0, 1) + day * dayMs).toISOString().slice(0, 10),
  )
  assert.deepEqual(first.sort(), expected)
  const sent = new Set(first)
  assert.ok(records.every(({ date }) => sent.has(date)))
}

test('producer.ts creates the topic with four partitions that keep everything, and prints the topics', async (t) => {
  const topic = uniqueTopic()
  const { code, stdout } = await runProducer(t, topic, '--observations', await writeCsv(t, ['2024-01-01,31']))
  assert.equal(code, 0)
  const topics = /^Topics: \[('[^']+'(?:, '[^']+')*)\]\n/.exec(stdout)?.[1] ?? ''
  assert.ok(topics.includes(`'${topic}'`), stdout)
  assert.ok(!topics.includes('__consumer_offsets'))
  const admin = startAdmin(t)
  assert.equal((await describeTopic(admin, topic))?.partitions.length, 4)
  const [resource] = await admin.describeConfigs({
    resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic }],
  })
  const configs = new Map(resource?.configs.map(({ name, value }) => [name, value]))
  assert.equal(configs.get('retention.ms'), '-1')
  assert.equal(configs.get('retention.bytes'), '-1')
  assert.equal(configs.get('cleanup.policy'), 'delete')
  assert.equal(configs.get('flush.messages'), '1')
  assert.equal(configs.get('message.timestamp.type'), 'LogAppendTime')
  assert.equal(configs.get('unclean.leader.election.enable'), 'false')
})

test('producer.ts keys reports by month, in the partitions where Java clients put them', async (t) => {
  const topic = uniqueTopic()
  const months = Array.from({ length: 12 }, (_, month) => String(month + 1).padStart(2, '0'))
  const rows = months.map((month, index) => `2024-${month}-10,${index - 6.25}`)
  const { code } = await runProducer(t, topic, '--observations', await writeCsv(t, rows))
  assert.equal(code, 0)
  const records = (await readTopic(brokerAddress(), topic)).sort((a, b) => a.date.localeCompare(b.date))
  assert.deepEqual(
    records.map(({ key, partition, degrees }) => [key.slice(0, 3), partition, degrees]),
    'Jan 2 Feb 1 Mar 0 Apr 2 May 3 Jun 2 Jul 1 Aug 0 Sep 0 Oct 3 Nov 3 Dec 2'
      .match(/\w+ \d/g)!
      .map((text, index) => [text.slice(0, 3), Number(text.at(-1)), index - 6.25]),
  )
})

test('producer.ts says literally that all replicas acknowledge and that it tries ten times again', async () => {
  const source = await readFile(join(import.meta.dirname, '../files/producer.ts'), 'utf8')
  assert.match(source, /acks: ProduceAcks\.ALL/)
  assert.match(source, /retries: 10/)
})

test('producer.ts sends the weather from 1990-01-01 without a gap, and ends cleanly on SIGINT and SIGTERM', async (t) => {
  const stopBy = async (signal: NodeJS.Signals) => {
    const topic = uniqueTopic()
    const producer = startProducer(t, topic)
    await waitFor('Topics', () => producer.stdout().includes('Topics: '))
    await recordsIn(topic, 200)
    producer.child.kill(signal)
    assert.deepEqual(await producer.ended, { code: 0, signal: null })
    assert.equal(producer.stderr(), '')
    assertContiguousWeather(await readTopic(brokerAddress(), topic))
  }
  await Promise.all([stopBy('SIGINT'), stopBy('SIGTERM')])
})

test('producer.ts stops when another one recreates its topic, and sends nothing into the new one', async (t) => {
  const topic = uniqueTopic()
  let old = startProducer(t, topic)
  for (let round = 0; round < 2; round++) {
    await waitFor('Topics', () => old.stdout().includes('Topics: '))
    await recordsIn(topic, 50)
    const young = startProducer(t, topic)
    assert.deepEqual(await old.ended, { code: 1, signal: null })
    assert.match(old.stderr(), /was deleted (and created again )?by another program/)
    old = young
  }
  await recordsIn(topic, 100)
  old.child.kill('SIGTERM')
  await old.ended
  assertContiguousWeather(await readTopic(brokerAddress(), topic))
})

test('producer.ts stops when its topic is deleted', async (t) => {
  const topic = uniqueTopic()
  const producer = startProducer(t, topic)
  await waitFor('Topics', () => producer.stdout().includes('Topics: '))
  await startAdmin(t).deleteTopics({ topics: [topic] })
  assert.deepEqual(await producer.ended, { code: 1, signal: null })
  assert.match(producer.stderr(), new RegExp(`^Topic ${topic} was deleted by another program`))
})

test('producer.ts --append goes on after the newest date without a gap, killed by SIGKILL each time', async (t) => {
  const random = seededRandom(t)
  const topic = uniqueTopic()
  let count = 0
  for (let round = 0; round < 3; round++) {
    const producer = startProducer(t, topic, ['--append'])
    await waitFor('Topics', () => producer.stdout().includes('Appending after'))
    count = (await recordsIn(topic, count + 1 + Math.floor(random() * 100))).length
    producer.child.kill('SIGKILL')
    await producer.ended
  }
  assertContiguousWeather(await readTopic(brokerAddress(), topic))
})

test('producer.ts --append finds the newest report behind 2,500 records that are none', async (t) => {
  const { name: topic } = await createTopic(t)
  const bad = Array.from({ length: 2500 }, () => ({ key: Buffer.from('January'), value: Buffer.from('?') }))
  await sendRecords(brokerAddress(), topic, [
    [reportRecord('2024-02-28', 30)],
    [reportRecord('2024-01-31', 30)],
    bad,
  ])
  const rows = ['2024-01-31,1', '2024-02-29,2', '2024-12-01,3']
  const { code, stdout } = await runProducer(t, topic, '--append', '--observations', await writeCsv(t, rows))
  assert.equal(code, 0)
  assert.match(stdout, /Appending after nothing, 2024-02-28, 2024-01-31, nothing\./)
  assert.match(stdout, /Sent 2 days \(0 without a value skipped, 1 in the log already\)/)
})

test('producer.ts --append sends what a send cut short between its partitions left out, and nothing twice', async (t) => {
  const { name: topic } = await createTopic(t)
  const dates = Array.from({ length: 120 }, (_, day) =>
    new Date(Date.UTC(2024, 0, 1) + day * dayMs).toISOString().slice(0, 10),
  )
  // January and April are in partition 2; of February and March, in the others, nothing has arrived.
  const arrived = dates.filter((date) => ['01', '04'].includes(date.slice(5, 7))).slice(0, 40)
  await sendRecords(brokerAddress(), topic, [arrived.map((date) => reportRecord(date, 1))])
  const csv = await writeCsv(
    t,
    dates.map((date) => `${date},1`),
  )
  const { code } = await runProducer(t, topic, '--append', '--observations', csv)
  assert.equal(code, 0)
  const sent = (await readTopic(brokerAddress(), topic)).map(({ date }) => date)
  assert.deepEqual(sent.sort(), dates)
})

test('producer.ts --observations --append sends Madison once, however often it is run and killed', async (t) => {
  const topic = uniqueTopic()
  const args = ['--append', '--observations', madison]
  const killed = startProducer(t, topic, args)
  await waitFor('records', async () => {
    return killed.stdout().includes('Appending') && (await readTopic(brokerAddress(), topic)).length > 0
  })
  killed.child.kill('SIGKILL')
  await killed.ended
  const runs = [await runProducer(t, topic, ...args), await runProducer(t, topic, ...args)]
  assert.deepEqual(
    runs.map(({ code }) => code),
    [0, 0],
  )
  assert.match(runs[1]!.stdout, /Sent 0 days \(10 without a value skipped, 56602 in the log already\)/)
  const records = await readTopic(brokerAddress(), topic)
  const csv = (await readFile(madison, 'utf8')).trim().split('\n').slice(1)
  const expected = csv.filter((line) => !line.endsWith(','))
  assert.deepEqual(records.map(({ date, degrees }) => `${date},${degrees}`).sort(), expected)
})

test('producer.ts ends with 9999-12-31', async (t) => {
  const { name: topic } = await createTopic(t)
  await sendRecords(brokerAddress(), topic, [[reportRecord('9999-12-30', 30)]])
  const { code, stdout } = await runProducer(t, topic, '--append')
  assert.equal(code, 0)
  assert.match(stdout, /has come to 9999-12-31/)
  const dates = (await readTopic(brokerAddress(), topic)).map(({ date }) => date)
  assert.deepEqual(dates.slice(0, 2), ['9999-12-30', '9999-12-31'])
})

test('producer.ts sends nothing, and leaves the topic alone, when a row of the observations is bad', async (t) => {
  const { name: topic, id } = await createTopic(t)
  const csv = await writeCsv(t, ['2024-01-01,31', '2024-01-02,warm'])
  const { code, stderr } = await runProducer(t, topic, '--observations', csv)
  assert.equal(code, 1)
  const error = `${csv}: line 3, column 12: 'warm': expected a number of degrees, or nothing. Nothing has been sent. Then `
  assert.ok(stderr.startsWith(error), stderr)
  assert.equal((await describeTopic(startAdmin(t), topic))?.id, id)
  assert.deepEqual(await readTopic(brokerAddress(), topic), [])
})

test('producer.ts leaves the log as it is when the cluster would not take the new topic', async (t) => {
  const { name: topic, id } = await createTopic(t)
  await sendRecords(brokerAddress(), topic, [[reportRecord('2019-01-01', 30)]])
  const asked = { ...environment(topic, 0), TOPIC_REPLICATION_FACTOR: '3' }
  const { code, stderr } = await runProgram(t, 'producer.ts', [], asked)
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`^Topic ${topic} cannot be created: .*replication factor .*3.*\\n`))
  assert.match(stderr, /The existing topic was not changed\. .*TOPIC_REPLICATION_FACTOR/)
  assert.equal((await describeTopic(startAdmin(t), topic))?.id, id)
  assert.equal((await readTopic(brokerAddress(), topic)).length, 1)
})

test('producer.ts --observations - reads standard input', async (t) => {
  const topic = uniqueTopic()
  const producer = startProducer(t, topic, ['--observations', '-'])
  producer.child.stdin?.end('date,tmax_c\n2024-07-01,30\n2024-07-02,\n')
  assert.equal((await producer.ended).code, 0)
  assert.match(producer.stdout(), /Sent 1 days \(1 without a value skipped\)/)
  const [record] = await readTopic(brokerAddress(), topic)
  assert.deepEqual(record, { partition: 1, offset: 0, key: 'July', date: '2024-07-01', degrees: 86 })
})

test('producer.ts ends with exit code 2 and the usage line for wrong arguments', async (t) => {
  const wrong = [['--apend'], ['2024'], ['--delay', ''], ['--observations']]
  const runs = await Promise.all(wrong.map((args) => runProducer(t, uniqueTopic(), ...args)))
  for (const { code, stderr } of runs) {
    assert.equal(code, 2, stderr)
    assert.match(stderr, /^producer\.ts: .*\nUsage: producer\.ts \[options\]\. See producer\.ts --help\n$/)
  }
})

test('README says of producer.ts and npm start first of all that they delete the topic', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')
  for (const name of ['npm start', 'producer.ts']) {
    // The first sentence about it; commands in blocks are none.
    const [first] = readme
      .match(/^(?! {4})[^\n]*(\n(?! {4})[^\n]+)*/gm)!
      .filter((text) => text.includes(`\`${name}`))
    assert.match(first!, /deletes the topic/, name)
  }
})
