import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admin, type CreateTopicsOptions } from '@platformatic/kafka'
import { retryDelay } from '../../../files/lib/produce/send.ts'
import { openTopic, recreateTopic } from '../../../files/lib/topic/open-topic.ts'
import { startBrokerBehindProxy } from '../../support/broker-behind-proxy.ts'
import { createTopic } from '../../support/kafka.ts'

test('a topic is recreated also when the answer to its deletion is lost', async (t) => {
  const { address, proxy } = await startBrokerBehindProxy(t)
  const { name, id } = await createTopic(t, address)
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [address], retries: 10, retryDelay })
  t.after(() => admin.close())
  await admin.listTopics() // Connects, so that the next responses are to what is asked.
  const deleteTopics = admin.deleteTopics.bind(admin)
  t.mock.method(admin, 'deleteTopics', async (options: { topics: string[] }) => {
    await proxy.trouble({ kind: 'reset' })
    return deleteTopics(options)
  })
  const made = await recreateTopic(admin, name, 1, t.signal)
  assert.equal(proxy.hits(), 1)
  assert.notEqual(made.id, id)
})

for (const open of [recreateTopic, openTopic]) {
  test(`${open.name} ends with a topic also when the answer to its creation is lost`, async (t) => {
    const { address, proxy } = await startBrokerBehindProxy(t)
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [address], retries: 10, retryDelay })
    t.after(() => admin.close())
    await admin.listTopics()
    const createTopics = admin.createTopics.bind(admin)
    let isLost = false
    t.mock.method(admin, 'createTopics', async (options: CreateTopicsOptions) => {
      if (!isLost) await proxy.trouble({ kind: 'reset' })
      isLost = true
      return createTopics(options)
    })
    const made = await open(admin, 'temperatures', 1, t.signal)
    assert.equal(proxy.hits(), 1)
    const { topics } = await admin.metadata({ topics: ['temperatures'] })
    assert.equal(made.id, topics.get('temperatures')!.id)
  })
}
