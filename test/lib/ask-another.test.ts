import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Admin } from '@platformatic/kafka'
import { askAnotherAfterTrouble } from '../../files/lib/ask-another.ts'
import { brokerAddress } from '../support/kafka.ts'

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

function startClient(t: TestContext, bootstrapBrokers: string[], retries = 0) {
  const admin = new Admin({
    clientId: 'test',
    bootstrapBrokers,
    retries,
    retryDelay: 10,
    requestTimeout: 300,
  })
  t.after(() => admin.close())
  askAnotherAfterTrouble(admin)
  return admin
}

test('a client asks another broker after one that hangs, and goes on asking that one', async (t) => {
  const hung = await startHungBroker(t)
  const client = startClient(t, [hung.address, brokerAddress()])
  await assert.rejects(client.metadata({ topics: [], forceUpdate: true }), /timed out|closed/)
  for (let i = 0; i < 3; i++) {
    const { brokers } = await client.metadata({ topics: [], forceUpdate: true })
    assert.equal(brokers.size, 1)
  }
  assert.ok(hung.sockets.length <= 2, 'the one that hangs was asked again')
})

test('a client passes over several brokers that hang within its retries', async (t) => {
  const hung = [await startHungBroker(t), await startHungBroker(t)]
  const client = startClient(t, [...hung.map(({ address }) => address), brokerAddress()], 3)
  const { brokers } = await client.metadata({ topics: [], forceUpdate: true })
  assert.equal(brokers.size, 1)
})

test('a client whose first broker is down asks the next one at once', async (t) => {
  const client = startClient(t, ['127.0.0.1:1', brokerAddress()])
  assert.equal((await client.metadata({ topics: [], forceUpdate: true })).brokers.size, 1)
})
