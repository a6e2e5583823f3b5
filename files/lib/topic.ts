import { setTimeout as sleep } from 'node:timers/promises'
import { type Admin, type Base, findErrorBy } from '@platformatic/kafka'
import { isTransient } from './connect.ts'
import { OperatingError } from './program.ts'

/** The topic has four partitions, 0 to 3; the month's name decides which (Kafka's murmur2 of the key). */
export const partitionCount = 4

/** A topic as the cluster knows it now. Two topics that bore the same name have different ids. */
export type Topic = { id: string; partitions: TopicPartition[] }
export type TopicPartition = { leader: Leader; leaderEpoch: number }
export type Leader = { host: string; port: number }

// The log is the proof, so nothing of it is ever thrown away; flush.messages=1: acknowledged means on disk.
const topicConfigs = {
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
  'flush.messages': '1',
  'message.timestamp.type': 'LogAppendTime',
  'unclean.leader.election.enable': 'false',
}

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

/**
 * Deletes the topic if it is there, creates it anew, and waits until each partition has a leader.
 *
 * @param replicas on how many brokers each partition is kept
 * @returns the new topic; its id tells it from any earlier one of that name
 */
export async function recreateTopic(
  admin: Admin,
  name: string,
  replicas: number,
  signal: AbortSignal,
): Promise<Topic> {
  // Listed first: the library takes deleting an absent topic for a fault that may pass, and tries for 10 s.
  if ((await admin.listTopics()).includes(name)) await admin.deleteTopics({ topics: [name] })
  await waitFor(async () => !(await admin.listTopics()).includes(name), `${name} to be deleted`, signal)
  const configs = Object.entries(topicConfigs).map(([name, value]) => ({ name, value }))
  await admin
    .createTopics({ topics: [name], partitions: partitionCount, replicas, configs })
    .catch((cause) => {
      const taken = findErrorBy(cause, 'apiId', 'TOPIC_ALREADY_EXISTS')
      const why = taken
        ? 'another program created it just now; is a second producer starting?'
        : causes(cause)
      throw new OperatingError(`Topic ${name} cannot be created: ${why}`, { cause })
    })
  return waitFor(() => describeTopic(admin, name), `leaders for the partitions of ${name}`, signal)
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

async function waitFor<T>(
  probe: () => Promise<T>,
  what: string,
  signal: AbortSignal,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(10, undefined, { signal })) {
    const found = await probe().catch((error) => {
      if (!isTransient(error)) throw error
    })
    if (found) return found
  }
  throw new OperatingError(`Waited 30 s for ${what}: is every broker of the cluster up?`)
}

function causes(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(causes).join('; ')
  const { serverErrorMessage, message } = error as { serverErrorMessage?: string | null; message: string }
  return serverErrorMessage ?? message
}
