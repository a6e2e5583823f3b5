// Three brokers, of which some are killed. `npm run test:cluster` is the long form: see docs/proof.md.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startTestCluster } from './support/cluster.ts'
import { clusterFaults, judge, startPrograms, stopAndJudge } from './support/cluster-faults.ts'
import { startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { seededRandom } from './support/seeded-random.ts'

type Fault = keyof typeof clusterFaults

const runs = Number(process.env.CLUSTER_RUNS || 0)
const plans: Fault[][] = runs === 0 ? [['killTwo', 'loseDisk']] : []
for (const plan of [
  Array<Fault>(5).fill('killLeader'),
  ['killTwo', 'loseDisk', 'hang', 'killAll'] as Fault[],
])
  for (let run = 0; run < runs; run++) plans.push(plan)

for (const [i, plan] of plans.entries()) {
  test(`a cluster loses and doubles nothing in ${plan.join(', ')} (run ${i + 1})`, async (t) => {
    const random = seededRandom(t)
    // A cluster whose own default is 1 acknowledges what one broker alone has; the topic must not rely on it.
    const cluster = await startTestCluster(t, { properties: { 'min.insync.replicas': '1' } })
    const programs = await startPrograms(t, cluster)
    assert.equal(await programs.configOf('min.insync.replicas'), '2')
    for (const fault of plan) {
      await programs.untilInSync()
      await programs.untilMore('in quiet', 200)
      const heldUpMs = await clusterFaults[fault](programs, random)
      t.diagnostic(`${fault}: ${Math.round(heldUpMs)} ms`)
    }
    await programs.untilInSync()
    assert.match(
      programs.producer.stderr(),
      /^(The (acknowledgement of|topic) \S+ (takes longer|came after).*\n)*$/,
    )
    await stopAndJudge(t, programs)
  })
}

if (runs > 0) {
  test('a producer without two of three brokers ends, and what it says is true', giveUp)
  test('leaders killed under 300,000 observations sent in bulk lose and double none', sendInBulk)
}

async function giveUp(t: TestContext) {
  const cluster = await startTestCluster(t)
  const programs = await startPrograms(t, cluster)
  await programs.untilInSync()
  await programs.untilMore('in quiet', 200)
  const victims = cluster.nodes.slice(1)
  await Promise.all(victims.map((node) => node.kill()))
  const begin = performance.now()
  assert.deepEqual(await programs.producer.ended, { code: 1, signal: null })
  t.diagnostic(`the producer gave up after ${Math.round(performance.now() - begin)} ms`)
  const doubt = / in the log of \S+ is (\S+); every earlier one is\. .*--append/.exec(
    programs.producer.stderr(),
  )
  assert.ok(doubt, programs.producer.stderr())
  assert.match(
    programs.producer.stderr(),
    new RegExp(`^The acknowledgement of ${doubt[1]} takes longer than 5 s`),
  )
  await Promise.all(victims.map((node) => node.start()))
  await programs.untilInSync()
  const dates = new Set((await readTopic(cluster.servers, programs.topic)).map(({ date }) => date))
  const earlier = daysFrom('1990-01-01', (date) => date < doubt[1]!)
  assert.deepEqual(
    earlier.filter((date) => !dates.has(date)),
    [],
  )
  const next = startProgram(t, 'producer.ts', ['--append'], programs.environment)
  await programs.untilMore('of the next producer', 300)
  await stopAndJudge(t, programs, next)
}

async function sendInBulk(t: TestContext) {
  const days = daysFrom('1200-01-01', (_, i) => i < 300_000)
  const file = join(await temporaryFolder(t), 'station.csv')
  await writeFile(file, `date,tmax_f\n${days.map((date, i) => `${date},${i % 100}\n`).join('')}`)
  const cluster = await startTestCluster(t)
  const programs = await startPrograms(t, cluster, ['--observations', file])
  for (const partition of [0, 2]) {
    await programs.untilMore('in bulk', 20_000)
    const leader = await programs.leaderOf(partition)
    await leader.kill()
    await leader.start()
  }
  assert.deepEqual(await programs.producer.ended, { code: 0, signal: null }, programs.producer.stderr())
  assert.match(programs.producer.stdout(), /^Sent 300000 days /m)
  await programs.untilInSync()
  const sent = (await judge(t, programs)).map(({ date }) => date).sort()
  assert.deepEqual(sent, days)
}

function daysFrom(first: string, isWanted: (date: string, i: number) => boolean): string[] {
  const dates: string[] = []
  for (let time = Date.parse(first); ; time += 86_400_000) {
    const date = new Date(time).toISOString().slice(0, 10)
    if (!isWanted(date, dates.length)) return dates
    dates.push(date)
  }
}
