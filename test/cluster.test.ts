// Three brokers, of which some are killed. `npm run test:cluster` kills five leaders in turn, in each of five runs.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startTestCluster, type TestCluster, watchTopic } from './support/cluster.ts'
import { expectGenerated } from './support/expect-generated.ts'
import { uniqueTopic } from './support/kafka.ts'
import { expectFilesEqualTopic, offsetsIn, watchFiles } from './support/partition-files.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { seededRandom } from './support/seeded-random.ts'
import { waitFor } from './support/wait-for.ts'

const runs = Number(process.env.CLUSTER_RUNS || 1)
const leaderKills = process.env.CLUSTER_RUNS ? 5 : 2

/** Starts the producer of a topic with three replicas, and two consumers that keep its partition files. */
async function startPrograms(t: TestContext, { servers }: TestCluster) {
  const [topic, directory] = [uniqueTopic(), await temporaryFolder(t)]
  const environment = {
    ...{ KAFKA_BOOTSTRAP_SERVERS: servers, TOPIC: topic, DATA_DIR: directory },
    ...{ TOPIC_REPLICATION_FACTOR: '3', AUTOGRADER_DELAY_OVERRIDE_VAL: '0.002' },
  }
  const producer = startProgram(t, 'producer.ts', [], environment)
  await waitFor('the topic', () => producer.stdout().includes('Topics:'))
  const consumers = [
    ['0', '2'],
    ['1', '3'],
  ].map((partitions) => startProgram(t, 'consumer.ts', partitions, environment))
  const counted = () => offsetsIn(directory).reduce((sum, offset) => sum + offset)
  return { topic, directory, environment, producer, consumers, counted, watch: watchFiles(directory) }
}

type Programs = Awaited<ReturnType<typeof startPrograms>>

async function stopProducer({ producer }: Programs) {
  producer.child.kill('SIGTERM')
  assert.deepEqual(await producer.ended, { code: 0, signal: null }, producer.stderr())
}

/** Judges from the log alone, read by other means, once the producer has ended: nothing lost, nothing doubled. */
async function judge(t: TestContext, { servers }: TestCluster, programs: Programs) {
  const { topic, directory, environment, consumers, counted, watch } = programs
  const records = await readTopic(servers, topic)
  const days = expectGenerated(records)
  await waitFor('the end of the log', () => counted() === records.length)
  assert.ok((await watch.stop()) > 10)
  for (const { child } of consumers) child.kill('SIGTERM')
  for (const { ended, stderr } of consumers)
    assert.deepEqual(await ended, { code: 0, signal: null }, stderr())
  await expectFilesEqualTopic(directory, servers, topic)
  const verify = await runProgram(t, 'verify.ts', [], environment)
  assert.equal(verify.code, 0, verify.stdout + verify.stderr)
  assert.equal(verify.stdout.match(/file agrees/g)?.length, 4, verify.stdout)
  return { records: records.length, days }
}

for (let run = 1; run <= runs; run++) {
  test(`leaders killed ${leaderKills} times in turn lose and double nothing (run ${run})`, async (t) => {
    const random = seededRandom(t)
    const cluster = await startTestCluster(t)
    const programs = await startPrograms(t, cluster)
    const { leaderOf, untilLedBySomeoneElse, untilInSync } = watchTopic(t, cluster, programs.topic)
    const stalls: number[] = []
    for (let kill = 0; kill < leaderKills; kill++) {
      await untilInSync()
      const before = programs.counted()
      await waitFor('300 records', () => programs.counted() > before + 300, 60_000)
      await sleep(500 * random()) // The moment of the kill is the thing tested; nothing is waited for.
      const leader = await leaderOf(kill % 4)
      const begin = performance.now()
      await leader.kill()
      await untilLedBySomeoneElse(kill % 4, leader.id)
      const after = programs.counted()
      await waitFor('records under the next leader', () => programs.counted() > after + 100, 60_000)
      stalls.push(Math.round(performance.now() - begin))
      await leader.start()
    }
    await untilInSync()
    await stopProducer(programs)
    const { records, days } = await judge(t, cluster, programs)
    t.diagnostic(`${records} records of ${days} days; ms from kill to 100 more counted: ${stalls.join(', ')}`)
  })
}
