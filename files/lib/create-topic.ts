import { type Admin, findErrorBy } from '@platformatic/kafka'
import { partitionCount } from './partitions.ts'
import { OperatingError } from './program.ts'

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

/**
 * Creates a topic.
 *
 * @param replicas on how many brokers each partition is kept
 * @returns its id; undefined when there is one of that name. That may be of a try of this very call whose answer was lost:
 * client and brokers try again by themselves, and nothing tells whose it is
 * @throws OperatingError when the cluster does not take it
 */
export async function createTopic(admin: Admin, name: string, replicas: number): Promise<string | undefined> {
  const all = Object.entries({ ...topicConfigs, ...replicaConfigs(replicas) })
  const configs = all.map(([name, value]) => ({ name, value }))
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
