import { type Base, findErrorBy } from '@platformatic/kafka'
import { partitionCount } from './partitions.ts'
import { OperatingError } from './program.ts'

/** A topic as the cluster knows it now. Two topics that bore the same name have different ids. */
export type Topic = { id: string; partitions: TopicPartition[] }
export type TopicPartition = { leader: Leader; leaderEpoch: number }
export type Leader = { host: string; port: number }

/**
 * Asks the cluster for the topic of that name.
 *
 * @returns undefined when there is none, or not yet with a leader for each partition
 * @throws OperatingError when it has another number of partitions than four
 */
export async function describeTopic(client: Base, name: string): Promise<Topic | undefined> {
  const found = await lookUp(client, name)
  if (!found) return undefined
  const { topic, brokers } = found
  if (topic.partitionsCount !== partitionCount) {
    throw new OperatingError(
      `Topic ${name} has ${topic.partitionsCount} partitions: expected ${partitionCount}. ` +
        'Delete it and start producer.ts, which creates it, or name another with TOPIC.',
    )
  }
  const partitions: TopicPartition[] = []
  for (const { leader, leaderEpoch } of topic.partitions) {
    const broker = brokers.get(leader)
    if (!broker) return undefined
    partitions.push({ leader: broker, leaderEpoch })
  }
  return { id: topic.id, partitions }
}

async function lookUp(client: Base, name: string) {
  try {
    const { topics, brokers } = await client.metadata({ topics: [name], forceUpdate: true, retries: 0 })
    const topic = topics.get(name)
    return topic && { topic, brokers }
  } catch (error) {
    // The library's only sign of an absent topic is this message.
    if (error instanceof Error && error.message === `Unknown topic ${name}.`) return undefined
    if (findErrorBy(error as Error, 'apiId', 'LEADER_NOT_AVAILABLE')) return undefined
    throw error
  }
}
