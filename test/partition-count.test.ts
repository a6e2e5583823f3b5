/* The keys are shared out over four partitions: whoever changes that number under the programs is told of by each of them. */
import assert from 'node:assert/strict'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startBroker } from '../broker/start-broker.ts'
import { Cluster } from '../files/lib/kafka/cluster.ts'
import { findTopic, replay } from '../files/lib/verify/replay.ts'
import { brokerAddress, createTopic, startAdmin, uniqueTopic } from './support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

const changed = /Topic \S+ has 8 partitions(: expected 4| now, expected 4: somebody has changed their number)/

/** A broker of the test's own: debug programs on one broker share a group. */
async function place(t: TestContext) {
  const [topic, directory] = [uniqueTopic(), await temporaryFolder(t)]
  const { address, kill } = await startBroker({ directory: join(directory, 'kafka'), port: 0 })
  t.after(kill)
  const environment = {
    ...{ KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, DATA_DIR: directory },
    AUTOGRADER_DELAY_OVERRIDE_VAL: '0.01',
  }
  return { topic, environment, address }
}

async function raisePartitions(t: TestContext, topic: string, address: string) {
  const assignments = Array.from({ length: 4 }, () => ({ brokerIds: [1] }))
  await startAdmin(t, address).createPartitions({ topics: [{ name: topic, count: 8, assignments }] })
}

test('partitions raised from 4 to 8 stop producer, consumer and debug, and no day goes where nobody reads', async (t) => {
  const { topic, environment, address } = await place(t)
  const producer = startProgram(t, 'producer.ts', [], environment)
  await waitFor('the topic', () => producer.stdout().includes('Topics:'))
  const consumer = startProgram(t, 'consumer.ts', ['0', '1', '2', '3'], environment)
  const debug = startProgram(t, 'debug.ts', [], environment)
  await waitFor('records', () => debug.stdout().includes('March') && consumer.stderr().includes('Caught up'))
  await raisePartitions(t, topic, address)
  for (const program of [producer, consumer, debug]) {
    const { code } = await program.ended
    assert.equal(code, 1, program.stderr())
    assert.match(program.stderr(), changed)
  }
  const [, next] = /stops before (\d{4}-\d\d-\d\d): every earlier date was acknowledged/.exec(
    producer.stderr(),
  )!
  const records = await readTopic(address, topic)
  assert.ok(records.every(({ partition }) => partition < 4))
  assert.equal(
    records
      .map(({ date }) => date)
      .toSorted()
      .at(-1)! < next!,
    true,
  )
})

test('partitions raised under a producer that follows a file stop it before the next day that it would send', async (t) => {
  const { topic, environment, address } = await place(t)
  const file = join(await temporaryFolder(t), 'station.csv')
  writeFileSync(file, 'date,tmax_f\n2024-01-01,30\n')
  const args = ['--append', '--follow', '--observations', file]
  const producer = startProgram(t, 'producer.ts', args, environment)
  await waitFor('the first day', () => producer.stdout().includes('Sent 1 days'))
  await raisePartitions(t, topic, address)
  appendFileSync(file, '2024-02-01,31\n')
  assert.equal((await producer.ended).code, 1)
  assert.match(producer.stderr(), changed)
  assert.match(producer.stderr(), /stops before 2024-02-01: every earlier date was acknowledged/)
  assert.deepEqual(
    (await readTopic(address, topic)).map(({ date }) => date),
    ['2024-01-01'],
  )
})

test('partitions raised while verify.ts reads a log are told of when it has read it', async (t) => {
  const { name, id } = await createTopic(t)
  await sendRecords(brokerAddress(), name, [[reportRecord('2024-01-01', 30)]])
  const cluster = new Cluster({ bootstrapBrokers: [brokerAddress()] }, 'test')
  t.after(() => cluster.close())
  const topic = await findTopic(cluster, name)
  assert.equal(topic.id, id)
  await raisePartitions(t, name, brokerAddress())
  const log = { cluster, topic, name, signal: t.signal, say: assert.fail }
  await assert.rejects(
    replay(log, 2, 0, 1, () => true),
    changed,
  )
})

test('a topic of another number of partitions is refused by all programs, and by --append nothing is sent', async (t) => {
  const { topic, environment, address } = await place(t)
  const admin = startAdmin(t, address)
  await admin.createTopics({ topics: [topic], partitions: 8, replicas: 1 })
  await runProgram(t, 'consumer.ts', ['0'], environment) // It leaves its first partition file.
  for (const [name, ...args] of [
    ['producer.ts', '--append'],
    ['consumer.ts', '0'],
    ['verify.ts'],
    ['debug.ts'],
  ] as const) {
    const { code, stderr } = await runProgram(t, name, args, environment)
    assert.equal(code, 1, `${name}: ${stderr}`)
    assert.match(stderr, changed, name)
  }
  assert.deepEqual(await readTopic(address, topic), [])
})
