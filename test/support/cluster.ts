import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { ConfigResourceTypes } from '@platformatic/kafka'
import { type Cluster, type ClusterOptions, startCluster } from '../../broker/start-cluster.ts'
import { fastFolder } from './global-setup.ts'
import { startAdmin } from './kafka.ts'
import { waitFor } from './wait-for.ts'

/** A cluster of three of the test's own, killed and removed at its end. */
export async function startTestCluster(t: TestContext, options: Partial<ClusterOptions> = {}) {
  const directory = await mkdtemp(join(await fastFolder(), 'almanac-test-cluster-'))
  let cluster: Cluster | undefined
  t.after(async () => {
    await cluster?.kill()
    await rm(directory, { recursive: true, force: true })
  })
  cluster = await startCluster({ directory, port: 0, ...options })
  return cluster
}

/** Looks at a topic from aside: which node leads a partition, on which it is in sync. */
export function watchTopic(t: TestContext, { servers, nodes }: Cluster, topic: string) {
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
    /** Reads a setting of the topic's. */
    configOf: async (name: string) => {
      const resource = {
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName: topic,
        configurationKeys: [name],
      }
      const [found] = await admin.describeConfigs({ resources: [resource] })
      return found!.configs.find((config) => config.name === name)?.value
    },
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
