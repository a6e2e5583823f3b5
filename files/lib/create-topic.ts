import { type Admin, findErrorBy } from '@platformatic/kafka'
import { awaitLeaders, findWithLeaders } from './await-topic.ts'
import { everyBroker } from './every-broker.ts'
import { partitionCount } from './partitions.ts'
import { OperatingError } from './program.ts'
import type { Topic } from './topic.ts'

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
 * Creates a topic, and waits until each partition has a leader.
 *
 * @param replicas on how many brokers each partition is kept
 * @returns nothing when the topic is there, and may be of an earlier try of this call, whose answer was lost
 * @throws OperatingError when another program has created it, or the cluster does not take it
 */
export async function createTopic(
  admin: Admin,
  name: string,
  replicas: number,
  signal: AbortSignal,
): Promise<Topic | undefined> {
  const all = Object.entries({ ...topicConfigs, ...replicaConfigs(replicas) })
  const configs = all.map(([name, value]) => ({ name, value }))
  const created = await admin
    .createTopics({ topics: [name], partitions: partitionCount, replicas, configs })
    .catch((cause) => passLostAnswer(name, cause))
  if (!created) return
  const { id } = created[0]!
  await everyBroker(admin, async (client) => (await findWithLeaders(client, name, id)) !== undefined, signal)
  return awaitLeaders(admin, name, signal, id)
}

function passLostAnswer(name: string, cause: Error): void {
  const isTaken = findErrorBy(cause, 'apiId', 'TOPIC_ALREADY_EXISTS')
  if (isTaken && triesIn(cause) > 1) return
  const why = isTaken ? 'another program created it just now; is a second producer starting?' : causes(cause)
  throw new OperatingError(`Topic ${name} cannot be created: ${why}`, { cause })
}

/** The library puts the errors of a call that it tried again into one, which it wraps. */
function triesIn(error: unknown): number {
  return error instanceof AggregateError ? Math.max(error.errors.length, ...error.errors.map(triesIn)) : 1
}

function causes(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(causes).join('; ')
  const { serverErrorMessage, message } = error as { serverErrorMessage?: string | null; message: string }
  return serverErrorMessage ?? message
}
