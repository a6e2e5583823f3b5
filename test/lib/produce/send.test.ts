import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka'
import { retryDelay, startSending } from '../../../files/lib/produce/send.ts'
import { startTestCluster } from '../../support/cluster.ts'
import { startAdmin, uniqueTopic } from '../../support/kafka.ts'
import { readTopic } from '../../support/read-topic.ts'

test('a send to partitions of one leader goes on when others take them, each another one', async (t) => {
  const { servers, nodes } = await startTestCluster(t)
  const topic = uniqueTopic()
  // Partitions 0 and 3 are led by node 1, and then by nodes 2 and 3.
  const replicas = [
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
    [1, 3, 2],
  ]
  const assignments = replicas.map((brokers, partition) => ({ partition, brokers }))
  const [created] = await startAdmin(t, servers).createTopics({ topics: [topic], assignments })
  const patience = { retries: 10, retryDelay, requestTimeout: 3000, metadataMaxAge: 100 }
  const producer = new Producer({
    ...patience,
    clientId: 'test',
    bootstrapBrokers: servers.split(',').toReversed(), // Node 1 is the last to be asked who leads.
    acks: ProduceAcks.ALL,
    idempotent: true,
    partitioner: compatibilityPartitioner,
  })
  t.after(() => producer.close())
  const send = startSending(producer, topic, created!.id)
  const days = Array.from({ length: 12 }, (_, month) => ({
    date: `1990-${String(month + 1).padStart(2, '0')}-01`,
    degrees: month,
  }))
  await send(days)
  // Until the others have noticed, they say that it leads: it is sent to, and answers nothing.
  process.kill(nodes[0]!.process()!.pid, 'SIGSTOP') // The test's end kills it all the same.
  await send(days.map(({ degrees, date }) => ({ degrees, date: date.replace('1990', '1991') })))
  const others = nodes.slice(1).map(({ address }) => address)
  const dates = (await readTopic(others.join(','), topic)).map(({ date }) => date)
  assert.equal(dates.length, 24)
  assert.equal(new Set(dates).size, 24)
})
