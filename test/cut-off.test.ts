// A broker of three that the others do not reach, and clients do. `npm run test:cluster` runs it five times.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { expectRunning, type RunningPrograms, startPrograms, stopAndJudge } from './support/cluster-faults.ts'
import { startCuttableCluster } from './support/cut-off.ts'
import { runProgram, startProgram } from './support/program.ts'
import { seededRandom } from './support/seeded-random.ts'
import { waitFor } from './support/wait-for.ts'

for (let run = 1; run <= Number(process.env.CLUSTER_RUNS || 1); run++) {
  test(`a broker cut off from the others loses and doubles nothing, and holds nobody up (run ${run})`, async (t) => {
    const random = seededRandom(t)
    const { cluster, cutOff } = await startCuttableCluster(t)
    const [victim, ...others] = cluster.nodes.toSorted(() => random() - 0.5)
    // Each leads a partition or two. It is asked first, and goes on saying so.
    const servers = [victim!, ...others].map(({ address }) => address).join(',')
    const programs = await startPrograms(t, cluster, [], { KAFKA_BOOTSTRAP_SERVERS: servers })
    await programs.untilInSync()
    await programs.untilMore('in quiet', 200)
    const begin = performance.now()
    const heal = await cutOff(victim!.id)
    await untilPast(programs)
    t.diagnostic(`held up for ${Math.round(performance.now() - begin)} ms`)

    await expectVerified(t, programs)
    await restartConsumers(t, programs)
    await programs.untilMore('by consumers that asked it first', 300)
    await heal()
    await programs.untilInSync()
    await programs.untilMore('after it was back', 200)
    await stopAndJudge(t, programs)
  })
}

/** Waits until ten months, so all partitions, are counted and printed. */
async function untilPast({ untilMore, debug }: RunningPrograms): Promise<void> {
  const printed = debug.stdout().length
  await untilMore('while a broker is cut off', 300)
  await waitFor('debug to go on', () => expectRunning(debug).stdout().length > printed + 10_000, 120_000)
}

async function expectVerified(t: TestContext, { environment }: RunningPrograms): Promise<void> {
  const { code, stdout, stderr } = await runProgram(t, 'verify.ts', [], environment)
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /^All \d+ numbers agree with the log\.$/m)
}

async function restartConsumers(t: TestContext, { consumers, environment }: RunningPrograms): Promise<void> {
  for (const [i, consumer] of consumers.entries()) {
    consumer.child.kill('SIGKILL')
    await consumer.ended
    consumers[i] = startProgram(t, 'consumer.ts', [String(i), String(i + 2)], environment)
  }
}
