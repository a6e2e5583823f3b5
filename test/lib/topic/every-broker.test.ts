import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Admin, kOptions } from '@platformatic/kafka'
import { everyBroker } from '../../../files/lib/topic/every-broker.ts'
import { startTestCluster } from '../../support/cluster.ts'
import { startAdmin } from '../../support/kafka.ts'

function portOf(client: Admin): number {
  const [broker] = client[kOptions].bootstrapBrokers
  return (broker as { port: number }).port
}

test('everyBroker asks each broker of a cluster until it agrees, but not for ever one that hangs', {
  timeout: 300_000,
}, async (t) => {
  const { servers, nodes } = await startTestCluster(t)
  const admin = startAdmin(t, servers)
  const asked = new Map<number, number>()
  const agreesAtThird = async (client: Admin) => {
    const { brokers } = await client.metadata({ topics: [], forceUpdate: true })
    asked.set(portOf(client), (asked.get(portOf(client)) ?? 0) + 1)
    return brokers.size === 3 && asked.get(portOf(client)) === 3
  }
  await everyBroker(admin, agreesAtThird, t.signal)
  assert.deepEqual([...asked.keys()].sort(), nodes.map(({ port }) => port).sort())
  assert.deepEqual([...asked.values()], [3, 3, 3])

  process.kill(nodes[2]!.process()!.pid, 'SIGSTOP') // The test's end kills it all the same.
  const answers = async (client: Admin) =>
    (await client.metadata({ topics: [], forceUpdate: true })).brokers.size > 0
  await everyBroker(admin, answers, t.signal)
})

test('everyBroker asks nothing where there is one broker', async (t) => {
  await everyBroker(startAdmin(t), () => assert.fail('asked'), t.signal)
})
