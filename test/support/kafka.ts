import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { Admin } from '@platformatic/kafka'
import { recreateTopic } from '../../files/lib/topic/open-topic.ts'

/** Address of the broker that global-setup.ts started for this run of the tests, as host:port. */
export function brokerAddress(): string {
  const address = process.env.TEST_KAFKA
  if (!address) throw new Error('TEST_KAFKA is not set: run the tests by `npm test`, which starts a broker.')
  return address
}

/** A topic name of the test's own. */
export function uniqueTopic(): string {
  return `temperatures-${randomUUID()}`
}

/**
 * An admin client of the test's own, closed at its end.
 *
 * @param address host:port of the broker, or of several with commas between
 */
export function startAdmin(t: TestContext, address = brokerAddress()): Admin {
  const bootstrapBrokers = address.split(',')
  const admin = new Admin({ clientId: 'test', bootstrapBrokers, retries: 3, retryDelay: 200 })
  t.after(() => admin.close())
  return admin
}

/** Creates a topic of the test's own, four partitions as the producer makes them, and returns its name and id. */
export async function createTopic(t: TestContext, address = brokerAddress(), name = uniqueTopic()) {
  const { id } = await recreateTopic(startAdmin(t, address), name, 1, t.signal)
  return { name, id }
}
