// Leaders of three brokers that move while verify.ts reads the log: it goes on with the next ones.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ClusterNode } from '../broker/cluster-node.ts'
import { recreateTopic } from '../files/lib/topic/open-topic.ts'
import { startTestCluster, watchTopic } from './support/cluster.ts'
import { startAdmin, uniqueTopic } from './support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

// Partition 0 needs several fetches, and its first records make more lines than a pipe holds.
const duplicates = 20_000
const large = { key: Buffer.from('March'), value: Buffer.alloc(900_000) }

// Has the program wait when its pipe is full, instead of keeping in memory what it could not write.
const blocking = '--import=data:text/javascript,process.stdout._handle.setBlocking(true)'

/** A leader does something, and another one leads; what comes of it mends what is left. */
type Move = (leader: ClusterNode, untilLedByAnother: () => Promise<unknown>) => Promise<() => unknown>

const moves: Record<string, Move> = {
  'killed and started again': async (leader, untilLedByAnother) => {
    await leader.kill()
    await untilLedByAnother()
    await leader.start()
    return () => {}
  },
  hung: async (leader, untilLedByAnother) => {
    const { pid } = leader.process()!
    process.kill(pid, 'SIGSTOP')
    await untilLedByAnother()
    return () => process.kill(pid, 'SIGCONT')
  },
  killed: async (leader, untilLedByAnother) => {
    await leader.kill()
    await untilLedByAnother()
    return () => leader.start()
  },
}

test('verify.ts reads on when the leader that it reads from', async (t) => {
  const cluster = await startTestCluster(t)
  const topic = uniqueTopic()
  await recreateTopic(startAdmin(t, cluster.servers), topic, 3, t.signal)
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: cluster.servers, TOPIC: topic, DATA_DIR: directory }
  const { address } = cluster.nodes[0]!
  const small = Array(duplicates + 1).fill(reportRecord('1990-03-01', 40))
  await sendRecords(address, topic, [small, ...Array(12).fill([large]), [reportRecord('1990-03-02', 50)]])
  await sendRecords(address, topic, [[reportRecord('1990-05-01', 60)]])
  const all = ['0', '1', '2', '3', '--exit-at-end']
  const { code, stderr } = await runProgram(t, 'consumer.ts', all, environment)
  assert.equal(code, 0, stderr)
  const { leaderOf, untilInSync } = watchTopic(t, cluster, topic)
  for (const [what, move] of Object.entries(moves)) {
    await t.test(`is ${what}`, async (t: TestContext) => {
      await untilInSync()
      const leader = await leaderOf(0)
      // One that hangs would not say who leads.
      const others = cluster.nodes.filter((node) => node !== leader)
      const servers = others.map(({ address }) => address).join(',')
      const { untilLedByAnother } = watchTopic(t, { ...cluster, servers }, topic)
      const verify = startProgram(t, 'verify.ts', ['--list'], { ...environment, NODE_OPTIONS: blocking })
      const stdout = verify.child.stdout!.pause()
      // Nobody takes its lines: it stands still amid the records of its first fetch.
      await waitFor('verify.ts to fill the pipe', () => stdout.readableLength >= stdout.readableHighWaterMark)
      const mend = await move(leader, () => untilLedByAnother(0, leader.id))
      t.after(mend)
      stdout.resume()
      const { code } = await verify.ended
      assert.equal(code, 0, verify.stdout().slice(-500) + verify.stderr())
      const counted = `2 counted + ${duplicates} duplicates + 0 late + 12 refused; file agrees`
      assert.ok(verify.stdout().includes(`partition 0: ${duplicates + 14} records = ${counted}`))
      assert.match(verify.stdout(), /^All 6 numbers agree with the log\.$/m)
    })
  }
})
