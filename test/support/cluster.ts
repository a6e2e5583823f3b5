import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type ClusterOptions, startCluster } from '../../broker/start-cluster.ts'
import { fastFolder } from './global-setup.ts'
import { startAdmin } from './kafka.ts'
import { waitFor } from './wait-for.ts'

/** A cluster of three of the test's own, killed and removed at its end. */
export async function startTestCluster(t: TestContext, options: Partial<ClusterOptions> = {}) {
  const directory = await mkdtemp(join(await fastFolder(), 'almanac-test-cluster-'))
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }))
  const cluster = await startCluster({ directory, port: 0, ...options })
  t.after(cluster.kill)
  return cluster
}

export type TestCluster = Awaited<ReturnType<typeof startTestCluster>>

/** Looks at a topic from aside: which node leads a partition, on which it is in sync. */
export function watchTopic(t: TestContext, { servers, nodes }: TestCluster, topic: string) {
  const admin = startAdmin(t, servers)
  const partitions = async () => {
    const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true })
    return topics.get(topic)!.partitions
  }
  const leaderOf = async (partition: number) => {
    const { leader } = (await partitions())[partition]!
    return nodes.find(({ id }) => id === leader)!
  }
  return {
    leaderOf,
    /** Waits until another node leads the partition. */
    untilLedByAnother: (partition: number, id: number) =>
      waitFor(`a leader of partition ${partition} other than node ${id}`, async () => {
        return (await leaderOf(partition)).id !== id
      }),
    /** Waits until each partition is on each node as far as it is committed. */
    untilInSync: () =>
      waitFor(
        'all replicas in sync',
        async () => (await partitions()).every(({ isr }) => isr.length === nodes.length),
        60_000,
      ),
  }
}
