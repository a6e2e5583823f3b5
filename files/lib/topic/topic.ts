import { type Base, findErrorBy, type metadataV12 } from '@platformatic/kafka'
import { checkPartitionCount, type Topic } from '../kafka/metadata.ts'
import { partitionCount } from '../weather/partitions.ts'
import { isUnknownTopic } from './connect.ts'

type MetadataResponse = metadataV12.MetadataResponse

export type { Topic } from '../kafka/metadata.ts'

/**
 * Asks the cluster for the topic of that name.
 *
 * @returns undefined when there is none
 * @throws OperatingError when it has another number of partitions than four
 */
export async function describeTopic(client: Base, name: string): Promise<Topic | undefined> {
  const topic = await lookUp(client, name)
  if (topic) checkPartitionCount(topic, name, partitionCount)
  return topic
}

/** Whether each partition of a topic has a leader, so that all can be read and written. */
export function hasLeaders({ partitions }: Topic): boolean {
  return partitions.every(({ leader }) => leader !== undefined)
}

async function lookUp(client: Base, name: string): Promise<Topic | undefined> {
  try {
    const { topics, brokers } = await client.metadata({ topics: [name], forceUpdate: true, retries: 0 })
    const topic = topics.get(name)
    if (!topic) return undefined
    const partitions = topic.partitions.map(({ leader, leaderEpoch }) => ({
      leader: brokers.get(leader),
      leaderEpoch,
    }))
    return { id: topic.id, partitions, brokers: brokers.size }
  } catch (error) {
    if (isUnknownTopic(error, name)) return undefined
    const topic = withoutLeader(error, name)
    if (topic) return topic
    throw error
  }
}

/** Takes the topic out of the error that the library makes of an answer in which some partition has no leader. */
function withoutLeader(error: unknown, name: string): Topic | undefined {
  const { response } = error as { response?: MetadataResponse }
  const found = response?.topics.find((topic) => topic.name === name)
  if (!found || !findErrorBy(error as Error, 'apiId', 'LEADER_NOT_AVAILABLE')) return undefined
  const brokers = new Map(response!.brokers.map((broker) => [broker.nodeId, broker]))
  const partitions = found.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex)
  return {
    id: found.topicId!,
    brokers: brokers.size,
    partitions: partitions.map(({ leaderId, leaderEpoch }) => ({
      leader: brokers.get(leaderId),
      leaderEpoch,
    })),
  }
}
