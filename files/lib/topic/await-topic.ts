import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from '@platformatic/kafka'
import { OperatingError } from '../core/program.ts'
import { isTransient } from './connect.ts'
import { everyBroker } from './every-broker.ts'
import { describeTopic, hasLeaders, type Topic } from './topic.ts'

/**
 * Waits until each partition of a topic has a leader.
 *
 * @param id of the one that is meant, where another of that name may still be there
 * @throws OperatingError after 30 s
 */
export function awaitLeaders(admin: Admin, name: string, signal: AbortSignal, id?: string): Promise<Topic> {
  return waitFor(() => findWithLeaders(admin, name, id), `leaders for the partitions of ${name}`, signal)
}

/**
 * Waits until all brokers know a topic and each partition's leader.
 *
 * @param id as in `awaitLeaders`
 */
export async function awaitNewTopic(
  admin: Admin,
  name: string,
  signal: AbortSignal,
  id?: string,
): Promise<Topic> {
  const topic = await awaitLeaders(admin, name, signal, id)
  const isKnown = async (client: Admin) => (await findWithLeaders(client, name, topic.id)) !== undefined
  await everyBroker(admin, isKnown, signal)
  return topic
}

async function findWithLeaders(admin: Admin, name: string, id?: string): Promise<Topic | undefined> {
  const topic = await describeTopic(admin, name)
  return topic && topic.id === (id ?? topic.id) && hasLeaders(topic) ? topic : undefined
}

/**
 * Waits until a topic is gone.
 *
 * @throws OperatingError after 30 s
 */
export async function awaitDeletion(admin: Admin, name: string, signal: AbortSignal): Promise<void> {
  await waitFor(async () => !(await admin.listTopics()).includes(name), `${name} to be deleted`, signal)
}

async function waitFor<T>(
  probe: () => Promise<T>,
  what: string,
  signal: AbortSignal,
): Promise<NonNullable<T>> {
  for (
    const deadline = performance.now() + 30_000;
    performance.now() < deadline;
    await sleep(10, undefined, { signal })
  ) {
    const found = await probe().catch((error) => {
      if (!isTransient(error)) throw error
    })
    if (found) return found
  }
  throw new OperatingError(`Waited 30 s for ${what}: is every broker of the cluster up?`)
}
