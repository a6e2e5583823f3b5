/*
 * All programs on several versions of Kafka: `npm run test:versions`, not part of `npm test`. KAFKA_VERSIONS names others
 * than these, with commas between; `pinned` is the one of broker/pom.xml.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Broker, startBroker } from '../broker/start-broker.ts'
import { debugLine } from './support/debug-line.ts'
import { expectGenerated } from './support/expect-generated.ts'
import { fastFolder } from './support/global-setup.ts'
import { uniqueTopic } from './support/kafka.ts'
import { expectFilesEqualTopic, offsetsIn, readPartitionFile } from './support/partition-files.ts'
import { type RunningProgram, runToEnd, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic, type TopicRecord } from './support/read-topic.ts'
import { seededRandom } from './support/seeded-random.ts'
import { centralPark, valuesByAwk } from './support/station-files.ts'
import { cases } from './support/transactions/cases.ts'
import { startTransactionSite } from './support/transactions/site.ts'
import { waitFor } from './support/wait-for.ts'

const versions = (process.env.KAFKA_VERSIONS || '3.0.2,3.1.2,3.6.2,3.9.1,pinned').split(',')
const all = ['0', '1', '2', '3']

for (const version of versions) {
  // The first to fetch by topic id.
  if (version !== 'pinned' && version.localeCompare('3.1', 'en', { numeric: true }) < 0)
    test(`on Kafka ${version} every program ends with one message`, (t) => expectRefusals(t, version))
  else test(`on Kafka ${version} every program does its work`, (t) => expectAllWork(t, version))
}

async function expectRefusals(t: TestContext, version: string): Promise<void> {
  const { address } = await startVersion(t, version)
  const environment = {
    KAFKA_BOOTSTRAP_SERVERS: address,
    TOPIC: uniqueTopic(),
    DATA_DIR: await temporaryFolder(t),
  }
  const message =
    `${address}: the broker does not support the requests that are needed: it has Metadata up to version 11 ` +
    '(12 is needed), Fetch up to version 12 (13 is needed). Apache Kafka has them since 3.1. ' +
    'Upgrade the broker, or set KAFKA_BOOTSTRAP_SERVERS to another one.\n'
  for (const [name, ...args] of [
    ['producer.ts'],
    ['producer.ts', '--append'],
    ['debug.ts'],
    ['consumer.ts', ...all],
    ['verify.ts'],
  ] as [string, ...string[]][]) {
    await t.test([name, ...args].join(' '), async (t) => {
      const { code, stdout, stderr } = await runToEnd(t, name, args, environment)
      assert.deepEqual([code, stdout], [1, ''], stderr)
      assert.equal(stderr.replace(/^Keeping partition .*\n/, ''), message)
    })
  }
}

async function expectAllWork(t: TestContext, version: string): Promise<void> {
  const broker = await startVersion(t, version)
  const generated = await ownTopic(t, broker)
  await t.test('producer.ts makes the topic and sends generated days, debug.ts prints them', (t) =>
    produceUnderDebug(t, generated),
  )
  await t.test('consumers killed again and again count each date once', (t) => countUnderKills(t, generated))
  await t.test('verify.ts agrees', (t) => expectVerified(t, generated))
  await t.test('producer.ts --append goes on after the newest date', (t) => append(t, generated))

  const observed = await ownTopic(t, broker)
  await t.test('producer.ts sends the observations of a file', (t) => sendObservations(t, observed))
  await t.test('a consumer killed while it catches up counts them once', (t) => catchUp(t, observed))
  await t.test('verify.ts agrees about them', (t) => expectVerified(t, observed))
  await t.test('a consumer counts what was committed of transactions', (t) => countCommitted(t, version))
}

type Place = { environment: Record<string, string>; directory: string; records: () => Promise<TopicRecord[]> }

async function ownTopic(t: TestContext, { address }: Broker): Promise<Place> {
  const [topic, directory] = [uniqueTopic(), await temporaryFolder(t)]
  const environment = {
    ...{ KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, DATA_DIR: directory },
    AUTOGRADER_DELAY_OVERRIDE_VAL: '0',
  }
  return { environment, directory, records: () => readTopic(address, topic) }
}

async function produceUnderDebug(t: TestContext, { environment, records }: Place): Promise<void> {
  const producer = startProgram(t, 'producer.ts', [], environment)
  await waitFor('the topic', () => producer.stdout().includes('Topics:'))
  const debug = startProgram(t, 'debug.ts', [], environment)
  const lines = () => debug.stdout().split('\n').slice(0, -1)
  await waitFor('500 lines', () => lines().length > 500)
  await stop(producer)
  const log = (await records()).map(debugLine)
  assert.ok(expectGenerated(await records()) > 475)
  for (const partition of all) {
    const isOfIt = (line: string) => line.startsWith(`{'partition': ${partition},`)
    const sent = log.filter(isOfIt)
    const last = sent.at(-1)!
    await waitFor(`the last line of partition ${partition}`, () => lines().includes(last))
    const printed = lines().filter(isOfIt)
    // It begins at the log's end of its start, and leaves nothing out from there.
    assert.deepEqual(printed, sent.slice(-printed.length))
  }
  assert.equal(debug.stderr(), '')
  await stop(debug)
}

async function countUnderKills(t: TestContext, { environment, directory, records }: Place): Promise<void> {
  const random = seededRandom(t)
  const producer = startProgram(t, 'producer.ts', [], environment)
  await waitFor('the topic', () => producer.stdout().includes('Topics:'))
  const start = () => startProgram(t, 'consumer.ts', all, environment)
  const total = () => offsetsIn(directory).reduce((sum, offset) => sum + offset)
  let consumer = start()
  for (let kill = 0; kill < 5; kill++) {
    const before = total()
    await waitFor('new records to be counted', () => total() > before + 100)
    await sleep(200 * random()) // The moment of the kill is the thing tested; nothing is waited for.
    consumer.child.kill('SIGKILL')
    await consumer.ended
    consumer = start()
  }
  await stop(producer)
  const sent = await records()
  await waitFor('the end', () => total() === sent.length)
  await stop(consumer)
  await expectFilesEqualTopic(directory, environment.KAFKA_BOOTSTRAP_SERVERS!, environment.TOPIC!)
  expectGenerated(sent)
}

async function expectVerified(t: TestContext, { environment, records }: Place): Promise<void> {
  const { code, stdout, stderr } = await runToEnd(t, 'verify.ts', [], environment)
  assert.equal(code, 0, stdout + stderr)
  const counts = [...stdout.matchAll(/^partition \d: (\d+) records = .*; file agrees$/gm)]
  assert.equal(counts.length, 4, stdout)
  const total = counts.reduce((sum, [, count]) => sum + Number(count), 0)
  assert.equal(total, (await records()).length)
}

async function append(t: TestContext, { environment, records }: Place): Promise<void> {
  const before = (await records()).length
  const producer = startProgram(t, 'producer.ts', ['--append'], environment)
  await waitFor('days', async () => (await records()).length > before + 50)
  await stop(producer)
  expectGenerated(await records())
}

async function sendObservations(t: TestContext, { environment, records }: Place): Promise<void> {
  const args = ['--observations', centralPark]
  const { code, stderr } = await runToEnd(t, 'producer.ts', args, environment)
  assert.equal(code, 0, stderr)
  const days = valuesByAwk(centralPark)
    .filter(({ element, tenths, flags }) => element === 'TMAX' && tenths !== -9999 && flags[1] === '')
    .map(({ date, tenths }) => ({ date, degrees: ((tenths / 10) * 9) / 5 + 32 }))
  const sent = (await records()).map(({ date, degrees }) => ({ date, degrees }))
  assert.deepEqual(
    sent.toSorted((a, b) => (a.date < b.date ? -1 : 1)),
    days,
  )
}

async function catchUp(t: TestContext, { environment, directory }: Place): Promise<void> {
  const consumer = startProgram(t, 'consumer.ts', all, environment)
  await waitFor('records to be counted', () => offsetsIn(directory).some((offset) => offset > 0))
  consumer.child.kill('SIGKILL')
  await consumer.ended
  const { code, stderr } = await runToEnd(t, 'consumer.ts', [...all, '--exit-at-end'], environment)
  assert.equal(code, 0, stderr)
  await expectFilesEqualTopic(directory, environment.KAFKA_BOOTSTRAP_SERVERS!, environment.TOPIC!)
}

async function countCommitted(t: TestContext, version: string): Promise<void> {
  const site = await startTransactionSite(version === 'pinned' ? undefined : version)
  t.after(site.stop)
  const chosen = cases.filter(({ name }) => /then committed|another order|left open/.test(name))
  assert.equal(chosen.length, 3)
  for (const { name, steps } of chosen) {
    const { topic, play, log } = await site.newTopic()
    await play(steps)
    const directory = await temporaryFolder(t)
    const environment = { KAFKA_BOOTSTRAP_SERVERS: site.address, TOPIC: topic, DATA_DIR: directory }
    const { code, stderr } = await runToEnd(t, 'consumer.ts', [...all, '--exit-at-end'], environment)
    assert.equal(code, 0, stderr)
    for (const partition of [0, 1, 2, 3])
      assert.deepEqual(readPartitionFile(directory, partition), log.file(partition), name)
  }
}

async function startVersion(t: TestContext, version: string): Promise<Broker> {
  const directory = await mkdtemp(join(await fastFolder(), 'almanac-test-version-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const broker = await startBroker({
    directory,
    port: 0,
    version: version === 'pinned' ? undefined : version,
  })
  t.after(() => broker.kill())
  return broker
}

async function stop(program: RunningProgram): Promise<void> {
  program.child.kill('SIGTERM')
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.stderr())
}
