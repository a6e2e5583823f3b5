import { setTimeout as sleep } from 'node:timers/promises'
import { Admin, kOptions } from '@platformatic/kafka'

const patienceMs = 10_000

/**
 * Waits until something holds for each broker of the cluster, for each learns of a change by itself: one that is behind
 * answers from what it knew, and a producer that asks it is told that its topic is not there, or is an older one.
 *
 * One broker that does not come so far within 10 s is not waited for: it may be hanging.
 *
 * @param holds asks the one broker that its client reaches; an error counts as no
 */
export async function everyBroker(
  admin: Admin,
  holds: (client: Admin) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const { brokers } = await admin.metadata({ topics: [], forceUpdate: true })
  if (brokers.size === 1) return
  const deadline = performance.now() + patienceMs
  const askOne = async (client: Admin) => {
    while (!(await holds(client).catch(() => false)) && performance.now() < deadline)
      await sleep(20, undefined, { signal })
  }
  const asking = brokers.values().map(async ({ host, port }) => {
    const own = { bootstrapBrokers: [{ host, port }], requestTimeout: patienceMs / 2, retries: 0 }
    const client = new Admin({ ...admin[kOptions], ...own })
    await askOne(client).finally(() => client.close())
  })
  await Promise.all(asking)
}
