import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBroker } from '../broker/start-broker.ts'
import { expectGenerated } from './support/expect-generated.ts'
import { brokerAddress, createTopic, uniqueTopic } from './support/kafka.ts'
import { expectFilesEqualTopic, offsetsIn, watchFiles } from './support/partition-files.ts'
import { type RunningProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { seededRandom } from './support/seeded-random.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

/** Kills a consumer by SIGKILL and starts it again, as often as asked, at moments drawn at random. */
async function killAgainAndAgain(
  _t: TestContext,
  times: number,
  random: () => number,
  start: (i: number) => RunningProgram,
) {
  const running = [start(0), start(1)]
  for (let kill = 0; kill < times; kill++) {
    await sleep(100 + 900 * random()) // The moment of the kill is the thing tested; nothing is waited for.
    const victim = Math.floor(2 * random())
    running[victim]!.child.kill('SIGKILL')
    await running[victim]!.ended
    running[victim] = start(victim)
  }
  return running
}

test('consumers killed 30 times while 20,000 days arrive count each date once', async (t) => {
  const directory = await temporaryFolder(t)
  const topic = uniqueTopic()
  const environment = {
    ...{ KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory },
    AUTOGRADER_DELAY_OVERRIDE_VAL: '0',
  }
  const producer = startProgram(t, 'producer.ts', [], environment)
  await waitFor('the topic', () => producer.stdout().includes('Topics:'))
  const watch = watchFiles(directory)
  const assignments = [
    ['0', '2'],
    ['1', '3'],
  ]
  const start = (i: number) => startProgram(t, 'consumer.ts', assignments[i]!, environment)
  const running = await killAgainAndAgain(t, 30, seededRandom(t), start)
  await waitFor(
    '20,000 days',
    () => offsetsIn(directory).reduce((sum, offset) => sum + offset) >= 20_000,
    120_000,
  )
  producer.child.kill('SIGTERM')
  assert.deepEqual(await producer.ended, { code: 0, signal: null }, producer.stderr())
  const total = (await readTopic(brokerAddress(), topic)).length
  await waitFor('the end', () => offsetsIn(directory).reduce((sum, offset) => sum + offset) === total)
  assert.ok((await watch.stop()) > 100)
  for (const { child } of running) child.kill('SIGTERM')
  for (const { ended } of running) assert.deepEqual(await ended, { code: 0, signal: null })
  assert.equal(await expectFilesEqualTopic(directory, brokerAddress(), topic), total)
})

test('a broker stopped and killed under producer, consumers and debug loses and doubles nothing', async (t) => {
  const directory = await temporaryFolder(t)
  const folder = join(directory, 'kafka')
  let broker = await startBroker({ directory: folder, port: 0 })
  t.after(() => broker.kill())
  const { address, port } = broker
  const topic = uniqueTopic()
  const environment = {
    ...{ KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, DATA_DIR: directory },
    AUTOGRADER_DELAY_OVERRIDE_VAL: '0.01',
  }
  const producer = startProgram(t, 'producer.ts', [], environment)
  await waitFor('the topic', () => producer.stdout().includes('Topics:'))
  const consumer = startProgram(t, 'consumer.ts', ['0', '1', '2', '3'], environment)
  const debug = startProgram(t, 'debug.ts', [], environment)
  const total = () => offsetsIn(directory).reduce((sum, offset) => sum + offset)
  for (const end of ['stop', 'kill'] as const) {
    const before = total()
    await waitFor('300 records', () => total() > before + 300)
    const printed = debug.stdout().length
    await broker[end]()
    broker = await startBroker({ directory: folder, port })
    const after = total()
    await waitFor(`records after the ${end}`, () => total() > after + 100, 60_000)
    await waitFor(`debug to go on after the ${end}`, () => debug.stdout().length > printed + 1000, 60_000)
  }
  producer.child.kill('SIGTERM')
  assert.deepEqual(await producer.ended, { code: 0, signal: null }, producer.stderr())
  const records = await readTopic(address, topic)
  await waitFor('the end', () => total() === records.length)
  await expectFilesEqualTopic(directory, address, topic)
  expectGenerated(records)
  assert.match(consumer.stderr(), /does not answer[\s\S]*is back after/)
})

test('a log that lost counted records and grew again stops the consumer, and --rebuild counts it anew', async (t) => {
  const directory = await temporaryFolder(t)
  const folder = join(directory, 'kafka')
  let broker = await startBroker({ directory: folder, port: 0 })
  t.after(() => broker.kill())
  const { address, port } = broker
  const { name: topic } = await createTopic(t, address)
  const day = (i: number) => [reportRecord(`1990-01-${String(i).padStart(2, '0')}`, i)]
  await sendRecords(address, topic, [1, 2, 3, 4, 5, 6].map(day))
  const environment = { KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, DATA_DIR: directory }
  const first = startProgram(t, 'consumer.ts', ['2', '--exit-at-end'], environment)
  assert.equal((await first.ended).code, 0, first.stderr())
  const counted = readFileSync(join(directory, 'partition-2.json'), 'utf8')

  await broker.kill()
  await cutLastBatches(join(folder, 'data', `${topic}-2`, '00000000000000000000.log'), 2)
  broker = await startBroker({ directory: folder, port })
  await sendRecords(address, topic, [11, 12, 13, 14, 15].map(day))

  const second = startProgram(t, 'consumer.ts', ['2', '--exit-at-end'], environment)
  assert.equal((await second.ended).code, 1, second.stderr())
  assert.match(
    second.stderr(),
    /partition-2\.json: offset 6 counts records .* no longer holds: .* epoch 0 end at offset 4.*--rebuild/,
  )
  assert.equal(readFileSync(join(directory, 'partition-2.json'), 'utf8'), counted)
  const third = startProgram(
    t,
    'consumer.ts',
    ['0', '1', '2', '3', '--rebuild', '--exit-at-end'],
    environment,
  )
  assert.equal((await third.ended).code, 0, third.stderr())
  assert.equal(await expectFilesEqualTopic(directory, address, topic), 9)
})

/** Cuts the last batches from a segment of a broker that is not running, as a power cut may. */
async function cutLastBatches(path: string, count: number) {
  const { readFile, truncate } = await import('node:fs/promises')
  const bytes = await readFile(path)
  const starts: number[] = []
  for (let position = 0; position < bytes.length; position += 12 + bytes.readInt32BE(position + 8))
    starts.push(position)
  await truncate(path, starts.at(-count)!)
}
