import { errorName } from '../kafka/api.ts'
import type { Cluster } from '../kafka/cluster.ts'
import { describeTopicConfigsExchange } from '../kafka/describe-topic-configs.ts'
import { NetworkError } from '../kafka/network-error.ts'
import { retry } from '../kafka/retry.ts'

const names = ['cleanup.policy', 'retention.ms', 'retention.bytes'] as const

/**
 * Says what can not be proven from a topic that loses records by itself: one that is compacted, or that deletes what is
 * old. Those that producer.ts creates do neither.
 *
 * @returns undefined when the log keeps all, or the broker does not tell this user its settings
 * @throws OperatingError when no broker answers for 22 s
 */
export async function topicWarning(
  cluster: Cluster,
  topicName: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ask = async () => {
    const topic = await cluster.describeTopic(topicName)
    const leader = topic?.partitions.find((partition) => partition.leader)?.leader
    if (!leader) throw new NetworkError(`${topicName} has no leader now`)
    return cluster.ask(leader, describeTopicConfigsExchange(topicName, names))
  }
  const { errorCode, configs } = await retry(`Reading the settings of ${topicName}`, ask, signal)
  return errorName(errorCode) === 'NONE' ? describeLosses(topicName, configs) : undefined
}

/** Says it of a topic with these settings. */
export function describeLosses(topicName: string, configs: ReadonlyMap<string, string>): string | undefined {
  const policies = (configs.get('cleanup.policy') ?? '').split(',').map((policy) => policy.trim())
  if (policies.includes('compact')) {
    return (
      `Topic ${topicName} is compacted (cleanup.policy=${policies.join(',')}): Kafka removes all but the newest record of a ` +
      'key, and a key is a month. What it has removed can neither be counted again nor proven. Set cleanup.policy=delete, ' +
      'or have producer.ts create the topic.'
    )
  }
  const limits = names
    .filter((name) => name !== 'cleanup.policy' && policies.includes('delete'))
    .filter((name) => Number(configs.get(name) ?? -1) >= 0)
  if (limits.length === 0) return undefined
  return (
    `Topic ${topicName} deletes old records (${limits.map((name) => `${name}=${configs.get(name)}`).join(', ')}): what it has ` +
    `deleted can neither be counted again nor proven. Set ${limits.map((name) => `${name}=-1`).join(' and ')}.`
  )
}
