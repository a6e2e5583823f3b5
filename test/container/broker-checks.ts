import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { Admin, Consumer, MessagesStreamModes } from '@platformatic/kafka'
import { OperatingError } from '../../files/lib/core/program.ts'
import { waitFor } from '../support/wait-for.ts'

// What the exercise's checker asks the broker, from outside the container; each returns what was seen.

const port = 9092
const client = {
  clientId: 'check',
  bootstrapBrokers: [`127.0.0.1:${port}`],
  retries: 0,
  connectTimeout: 1000,
}

/** Fails at once, and clearly, where another broker would answer in place of the container's. */
export async function expectFreePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, () => server.close(() => resolve()))
  }).catch((cause) => {
    throw new OperatingError(`Port ${port} is taken on this machine: stop what listens there.`, { cause })
  })
  return `port ${port} is free`
}

/** The broker answers at the address that it advertises. */
export async function checkBroker(): Promise<string> {
  const brokers = await withAdmin(async (admin) => {
    return waitFor(
      'the broker',
      async () => {
        const { brokers } = await admin.metadata({ topics: [], forceUpdate: true })
        return brokers.size > 0 ? [...brokers.values()] : undefined
      },
      45_000,
    )
  })
  return brokers.map(({ host, port }) => `${host}:${port}`).join(', ')
}

/** The topic has four partitions, each with a leader, and the settings that keep its log. */
export async function checkTopic(): Promise<string> {
  return withAdmin(async (admin) => {
    const topic = await waitFor(
      'the topic with a leader for each partition',
      async () => {
        const metadata = await admin.metadata({ topics: ['temperatures'], forceUpdate: true })
        const topic = metadata.topics.get('temperatures')
        return topic?.partitions.every(({ leader }) => leader >= 0) ? topic : undefined
      },
      60_000,
    )
    assert.equal(topic.partitionsCount, 4)
    return `temperatures, ${topic.partitionsCount} partitions`
  })
}

/** Keys are the names of months, on the partitions where Java's default partitioner puts them. */
export async function checkKeys(): Promise<string> {
  const seen = new Map<string, number>()
  const consumer = new Consumer({ ...client, groupId: `check-${randomUUID()}`, retries: 3 })
  try {
    const stream = await consumer.consume({ topics: ['temperatures'], mode: MessagesStreamModes.EARLIEST })
    const slow = setTimeout(
      () => stream.destroy(new Error(`waited 30 s for keys, saw ${[...seen.keys()]}`)),
      30_000,
    )
    for await (const { key, partition } of stream) {
      const name = key.toString()
      assert.equal(seen.get(name) ?? partition, partition, `${name} is on two partitions`)
      if (seen.set(name, partition).size === 12) break
    }
    clearTimeout(slow)
  } finally {
    await consumer.close(true)
  }
  assert.deepEqual(Object.fromEntries(seen), {
    ...{ January: 2, February: 1, March: 0, April: 2, May: 3, June: 2 },
    ...{ July: 1, August: 0, September: 0, October: 3, November: 3, December: 2 },
  })
  return [...seen].map(([name, partition]) => `${name} ${partition}`).join(', ')
}

async function withAdmin<Result>(ask: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = new Admin(client)
  try {
    return await ask(admin)
  } finally {
    await admin.close()
  }
}
