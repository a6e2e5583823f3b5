import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Admin } from '@platformatic/kafka'
import { askBestBroker } from '../../../files/lib/topic/ask-best-broker.ts'
import { brokerAddress } from '../../support/kafka.ts'

/** Listens as a broker that hangs does: takes connections, answers nothing. */
async function startHungBroker(t: TestContext) {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server, 'listening')
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets }
}

function startClient(t: TestContext, bootstrapBrokers: string[]) {
  const admin = new Admin({
    clientId: 'test',
    bootstrapBrokers,
    retries: 0,
    requestTimeout: 3000, // Longer than a survey waits for one that hangs.
  })
  t.after(() => admin.close())
  askBestBroker(admin, 'none')
  return admin
}

test('a client asks another broker than one that hangs, and goes on asking that one', async (t) => {
  const hung = await startHungBroker(t)
  const client = startClient(t, [hung.address, brokerAddress()])
  for (let i = 0; i < 4; i++) {
    const { brokers } = await client.metadata({ topics: [], forceUpdate: true })
    assert.equal(brokers.size, 1)
  }
  assert.ok(hung.sockets.length <= 2, 'the one that hangs was asked again')
})

test('a client passes over several brokers that hang', async (t) => {
  const hung = [await startHungBroker(t), await startHungBroker(t)]
  const client = startClient(t, [...hung.map(({ address }) => address), brokerAddress()])
  const { brokers } = await client.metadata({ topics: [], forceUpdate: true })
  assert.equal(brokers.size, 1)
})

test('a client whose brokers all hang fails, and does not wait for ever', async (t) => {
  const hung = [await startHungBroker(t), await startHungBroker(t)]
  const client = startClient(
    t,
    hung.map(({ address }) => address),
  )
  await assert.rejects(client.metadata({ topics: [], forceUpdate: true }), /timed out|closed/)
})

test('a client whose first broker is down asks the next one at once', async (t) => {
  const client = startClient(t, ['127.0.0.1:1', brokerAddress()])
  assert.equal((await client.metadata({ topics: [], forceUpdate: true })).brokers.size, 1)
})
