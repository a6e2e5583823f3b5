// A broker of three that the others do not reach, and clients do. `npm run test:cluster` runs it five times.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { expectRunning, type RunningPrograms, startPrograms, stopAndJudge } from './support/cluster-faults.ts'
import { startCuttableCluster } from './support/cut-off.ts'
import { offsetsIn } from './support/partition-files.ts'
import { runProgram, startProgram } from './support/program.ts'
import { seededRandom } from './support/seeded-random.ts'
import { waitFor } from './support/wait-for.ts'

for (let run = 1; run <= Number(process.env.CLUSTER_RUNS || 1); run++) {
  test(`a broker cut off from the others loses and doubles nothing, and holds nobody up (run ${run})`, async (t) => {
    const random = seededRandom(t)
    const { cluster, cutOff } = await startCuttableCluster(t)
    const [victim, ...others] = cluster.nodes.toSorted(() => random() - 0.5)
    // It is asked first, and goes on saying that it leads what it led.
    const servers = [victim!, ...others].map(({ address }) => address).join(',')
    const programs = await startPrograms(t, cluster, [], { KAFKA_BOOTSTRAP_SERVERS: servers })
    await programs.untilInSync()
    await programs.untilMore('in quiet', 200)
    const leaders = await Promise.all([0, 1, 2, 3].map(programs.leaderOf))
    assert.ok(leaders.includes(victim!), 'the one to be cut off leads nothing')
    const begin = performance.now()
    const heal = await cutOff(victim!.id)
    await untilPast(programs)
    t.diagnostic(`held up for ${Math.round(performance.now() - begin)} ms`)

    await expectVerified(t, programs)
    await restartConsumers(t, programs)
    await untilPast(programs)
    await heal()
    await programs.untilInSync()
    await programs.untilMore('after it was back', 200)
    await stopAndJudge(t, programs)
  })
}

/** Waits until of each partition, whoever leads it, a month and more was counted and printed. */
async function untilPast({ directory, debug }: RunningPrograms): Promise<void> {
  const printed = () => {
    const lines = expectRunning(debug).stdout()
    return [0, 1, 2, 3].map((partition) => lines.split(`{'partition': ${partition},`).length)
  }
  const counted = () => offsetsIn(directory)
  for (const [what, counts] of Object.entries({ counted, printed })) {
    const before = counts()
    const isPast = () => counts().every((count, partition) => count > before[partition]! + 40)
    await waitFor(`each partition to be ${what} on, a broker cut off`, isPast, 60_000)
  }
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
