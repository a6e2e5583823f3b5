import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterNode } from '../../broker/cluster-node.ts'
import type { Cluster } from '../../broker/start-cluster.ts'
import { watchTopic } from './cluster.ts'
import { expectGenerated } from './expect-generated.ts'
import { uniqueTopic } from './kafka.ts'
import { expectFilesEqualTopic, offsetsIn, watchFiles } from './partition-files.ts'
import { type RunningProgram, runProgram, startProgram, temporaryFolder } from './program.ts'
import { readTopic, type TopicRecord } from './read-topic.ts'
import { waitFor } from './wait-for.ts'

/** Starts the producer of a topic with three replicas, and two consumers that keep its partition files. */
export async function startPrograms(
  t: TestContext,
  cluster: Cluster,
  producerArguments: readonly string[] = [],
  furtherEnvironment: Record<string, string> = {},
) {
  const { servers } = cluster
  const [topic, directory] = [uniqueTopic(), await temporaryFolder(t)]
  const environment = {
    ...{ KAFKA_BOOTSTRAP_SERVERS: servers, TOPIC: topic, DATA_DIR: directory },
    ...{ TOPIC_REPLICATION_FACTOR: '3', AUTOGRADER_DELAY_OVERRIDE_VAL: '0.002' },
    ...furtherEnvironment,
  }
  const producer = startProgram(t, 'producer.ts', producerArguments, environment)
  await waitFor('the topic', () => producer.stdout().includes('Topics:'))
  const debug = startProgram(t, 'debug.ts', [], environment)
  const consumers = [
    ['0', '2'],
    ['1', '3'],
  ].map((partitions) => startProgram(t, 'consumer.ts', partitions, environment))
  const counted = () => offsetsIn(directory).reduce((sum, offset) => sum + offset)
  const untilMore = (what: string, records: number) => {
    const before = counted()
    return waitFor(`${records} records ${what}`, () => counted() >= before + records, 120_000)
  }
  const watching = watchTopic(t, cluster, topic)
  const watch = watchFiles(directory)
  return {
    cluster,
    topic,
    directory,
    environment,
    producer,
    debug,
    consumers,
    counted,
    untilMore,
    watch,
    ...watching,
  }
}

export type RunningPrograms = Awaited<ReturnType<typeof startPrograms>>

/** Does harm to a cluster under load, and mends it; returns how long the counting was held up, in milliseconds. */
export type ClusterFault = (programs: RunningPrograms, random: () => number) => Promise<number>

export const clusterFaults = { killLeader, killTwo, killAll, loseDisk, hang } satisfies Record<
  string,
  ClusterFault
>

/** The leader of a partition drawn at random, killed at a moment drawn at random, comes back once another leads. */
async function killLeader(programs: RunningPrograms, random: () => number): Promise<number> {
  const { leaderOf, untilLedByAnother, untilMore } = programs
  await sleep(500 * random()) // The moment of the kill is the thing tested; nothing is waited for.
  const partition = Math.floor(4 * random())
  const leader = await leaderOf(partition)
  const begin = performance.now()
  await leader.kill()
  await untilLedByAnother(partition, leader.id)
  await untilMore('under the next leader', 100)
  const heldUpMs = performance.now() - begin
  await leader.start()
  return heldUpMs
}

/** Two brokers at once: what the third one takes is on no majority, and must not be acknowledged. */
function killTwo(programs: RunningPrograms, random: () => number): Promise<number> {
  const spared = Math.floor(3 * random())
  return killTogether(
    programs,
    programs.cluster.nodes.filter((_, i) => i !== spared),
  )
}

/** All at once, as when the power fails; what they acknowledged is on their disks. */
function killAll(programs: RunningPrograms): Promise<number> {
  return killTogether(programs, programs.cluster.nodes)
}

async function killTogether(
  { untilMore }: RunningPrograms,
  victims: readonly ClusterNode[],
): Promise<number> {
  const begin = performance.now()
  await Promise.all(victims.map((node) => node.kill()))
  await sleep(1000) // A time in which hundreds of days would be sent.
  await Promise.all(victims.map((node) => node.start()))
  await untilMore('after brokers were away', 100)
  return performance.now() - begin
}

/** A broker comes back without its disk, catches up, and holds all that is needed when another one is killed. */
async function loseDisk(programs: RunningPrograms, random: () => number): Promise<number> {
  const { cluster, untilInSync, untilMore } = programs
  const [lost, other] = cluster.nodes.toSorted(() => random() - 0.5)
  const begin = performance.now()
  await lost!.kill()
  await lost!.wipe()
  await startWithoutDisk(lost!)
  await untilInSync()
  const caughtUpMs = performance.now() - begin
  await other!.kill()
  await untilMore('with the broker of the new disk', 100)
  await other!.start()
  return caughtUpMs
}

/**
 * Starts a node that has forgotten all. While the others still take it for the controller's leader, which they do for
 * some seconds, Kafka ends with this error; it is started again, as `npm run cluster` does.
 */
async function startWithoutDisk(node: ClusterNode): Promise<void> {
  await waitFor('a node that lost its disk to start', () => node.start().then(() => true), 60_000)
}

/** The first broker of the list hangs: it takes connections and answers nothing. */
async function hang({ cluster, untilMore, debug }: RunningPrograms): Promise<number> {
  const { pid } = cluster.nodes[0]!.process()!
  const begin = performance.now()
  process.kill(pid, 'SIGSTOP')
  try {
    const printed = debug.stdout().length
    await untilMore('while a broker hangs', 300) // Ten months, so all partitions.
    const isFurther = () => expectRunning(debug).stdout().length > printed + 10_000
    await waitFor('debug to go on', isFurther, 120_000)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  return performance.now() - begin
}

/** Gives a program that nobody has ended, and that must not have ended by itself. */
export function expectRunning(program: RunningProgram): RunningProgram {
  assert.equal(program.child.exitCode, null, program.stderr())
  return program
}

/** Judges from the log alone, read by other means, once the producer has ended: nothing lost, nothing doubled. */
export async function judge(t: TestContext, programs: RunningPrograms) {
  const { cluster, topic, directory, environment, consumers, debug, counted, watch } = programs
  const records = await readTopic(cluster.servers, topic)
  await waitFor('the end of the log', () => counted() === records.length)
  assert.ok((await watch.stop()) > 10)
  for (const { child } of consumers) child.kill('SIGTERM')
  for (const { ended, stderr } of consumers)
    assert.deepEqual(await ended, { code: 0, signal: null }, stderr())
  await expectPrinted(debug, records)
  await expectFilesEqualTopic(directory, cluster.servers, topic)
  const verify = await runProgram(t, 'verify.ts', [], environment)
  assert.equal(verify.code, 0, verify.stdout + verify.stderr)
  assert.equal(verify.stdout.match(/file agrees/g)?.length, 4, verify.stdout)
  return records
}

/** What debug.ts printed since it began is the log of each partition to its end: nothing else, left out or repeated. */
async function expectPrinted(debug: RunningProgram, records: readonly TopicRecord[]) {
  for (const partition of [0, 1, 2, 3]) {
    const wanted = records.filter((record) => record.partition === partition).map(({ date }) => date)
    const printed = () => {
      const lines = expectRunning(debug)
        .stdout()
        .matchAll(/^\{'partition': (\d), .*'date': '(.{10})'/gm)
      return [...lines].filter(([, number]) => Number(number) === partition).map(([, , date]) => date!)
    }
    await waitFor('debug to print the last record', () => printed().at(-1) === wanted.at(-1), 120_000)
    assert.deepEqual(printed(), wanted.slice(-printed().length))
  }
}

/** Ends the producer of generated weather in good order, and judges. */
export async function stopAndJudge(t: TestContext, programs: RunningPrograms, producer = programs.producer) {
  producer.child.kill('SIGTERM')
  assert.deepEqual(await producer.ended, { code: 0, signal: null }, producer.stderr())
  const records = await judge(t, programs)
  t.diagnostic(`${records.length} records of ${expectGenerated(records)} days: none missing, none twice`)
}
