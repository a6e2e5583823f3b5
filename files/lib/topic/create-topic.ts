import { type Admin, createTopicsV7, findErrorBy } from '@platformatic/kafka'
import { OperatingError } from '../core/program.ts'
import { retry } from '../kafka/retry.ts'
import { partitionCount } from '../weather/partitions.ts'
import { isTransient } from './connect.ts'

const timeoutMs = 5000

// The log is the proof, so nothing of it is ever thrown away; flush.messages=1: acknowledged means on disk.
const topicConfigs = {
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
  'flush.messages': '1',
  'message.timestamp.type': 'LogAppendTime',
  'unclean.leader.election.enable': 'false',
}

/** Of three replicas or more a majority has each record before it is acknowledged, whatever the cluster's default is. */
function replicaConfigs(replicas: number) {
  return replicas > 2 ? { 'min.insync.replicas': String(Math.floor(replicas / 2) + 1) } : {}
}

function configsOf(replicas: number): { name: string; value: string }[] {
  const all = Object.entries({ ...topicConfigs, ...replicaConfigs(replicas) })
  return all.map(([name, value]) => ({ name, value }))
}

// What a cluster refuses for good: no further try changes its mind.
const refusals = ['INVALID_REPLICATION_FACTOR', 'INVALID_PARTITIONS', 'INVALID_CONFIG', 'POLICY_VIOLATION']

/**
 * Makes sure, before a topic is deleted, that the cluster would create one in its place.
 *
 * It is asked under a further name: of the topic itself it would say only that there is one. An error that may be due to
 * that name is no answer.
 *
 * @throws OperatingError when it would not, or does not answer
 */
export async function checkCreation(admin: Admin, name: string, replicas: number): Promise<void> {
  const probe = {
    ...{ name: `${name.slice(0, 240)}.probe`, numPartitions: partitionCount, replicationFactor: replicas },
    ...{ assignments: [], configs: configsOf(replicas) },
  }
  const ask = async () => {
    const { controllerId } = await admin.metadata({ topics: [], forceUpdate: true })
    const [connection] = (await admin.connectToBrokers([controllerId])).values()
    // The library's own createTopics cannot ask to validate only.
    await createTopicsV7.api.async(connection!, [probe], timeoutMs, true).catch((cause) => {
      if (isTransient(cause)) throw cause
      if (refusals.some((refusal) => findErrorBy(cause, 'apiId', refusal))) throw refused(name, cause)
    })
  }
  await retry(`Asking whether topic ${name} can be created`, ask, undefined, isTransient)
}

function refused(name: string, cause: Error): OperatingError {
  return new OperatingError(
    `Topic ${name} cannot be created: ${causes(cause)} The existing topic was not changed. Set ` +
      'TOPIC_REPLICATION_FACTOR to what the cluster takes, or use --append, which keeps the topic.',
    { cause },
  )
}

/**
 * Creates a topic.
 *
 * @param replicas on how many brokers each partition is kept
 * @returns its id; undefined when there is one of that name. That may be of a try of this very call whose answer was lost:
 * client and brokers try again by themselves, and nothing tells whose it is
 * @throws OperatingError when the cluster does not take it
 */
export async function createTopic(admin: Admin, name: string, replicas: number): Promise<string | undefined> {
  const configs = configsOf(replicas)
  const created = await admin
    .createTopics({ topics: [name], partitions: partitionCount, replicas, configs })
    .catch((cause) => {
      if (findErrorBy(cause, 'apiId', 'TOPIC_ALREADY_EXISTS')) return []
      throw new OperatingError(`Topic ${name} cannot be created: ${causes(cause)}`, { cause })
    })
  return created[0]?.id
}

function causes(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(causes).join('; ')
  const { serverErrorMessage, message } = error as { serverErrorMessage?: string | null; message: string }
  return serverErrorMessage ?? message
}
