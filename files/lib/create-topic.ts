import { setTimeout as sleep } from 'node:timers/promises'
import { type Admin, findErrorBy } from '@platformatic/kafka'
import { isTransient } from './connect.ts'
import { everyBroker } from './every-broker.ts'
import { partitionCount } from './partitions.ts'
import { OperatingError } from './program.ts'
import { describeTopic, hasLeaders, type Topic } from './topic.ts'

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
  if ((await admin.listTopics()).includes(name)) {
    await admin.deleteTopics({ topics: [name] }).catch((error) => {
      // An earlier try deleted it, and its answer was lost.
      if (!findErrorBy(error, 'apiId', 'UNKNOWN_TOPIC_OR_PARTITION')) throw error
    })
  }
  await waitFor(async () => !(await admin.listTopics()).includes(name), `${name} to be deleted`, signal)
  return createTopic(admin, name, replicas, signal)
}

/**
 * Gives the topic of that name as it stands, or creates it when there is none; never deletes one.
 *
 * @param replicas on how many brokers each partition of a new topic is kept
 */
export async function openTopic(
  admin: Admin,
  name: string,
  replicas: number,
  signal: AbortSignal,
): Promise<Topic> {
  if (!(await admin.listTopics()).includes(name)) return createTopic(admin, name, replicas, signal)
  return waitFor(() => topicWithLeaders(admin, name), `leaders for the partitions of ${name}`, signal)
}

async function createTopic(
  admin: Admin,
  name: string,
  replicas: number,
  signal: AbortSignal,
): Promise<Topic> {
  const all = Object.entries({ ...topicConfigs, ...replicaConfigs(replicas) })
  const configs = all.map(([name, value]) => ({ name, value }))
  const [created] = await admin
    .createTopics({ topics: [name], partitions: partitionCount, replicas, configs })
    .catch((cause) => {
      const taken = findErrorBy(cause, 'apiId', 'TOPIC_ALREADY_EXISTS')
      const why = taken
        ? 'another program created it just now; is a second producer starting?'
        : causes(cause)
      throw new OperatingError(`Topic ${name} cannot be created: ${why}`, { cause })
    })
  const find = async (client: Admin) => {
    const topic = await topicWithLeaders(client, name)
    return topic?.id === created!.id ? topic : undefined
  }
  await everyBroker(admin, async (client) => (await find(client)) !== undefined, signal)
  return waitFor(() => find(admin), `leaders for the partitions of ${name}`, signal)
}

async function waitFor<T>(
  probe: () => Promise<T>,
  what: string,
  signal: AbortSignal,
): Promise<NonNullable<T>> {
  for (
    const deadline = performance.now() + 30_000;
    performance.now() < deadline;
    await sleep(10, undefined, { signal })
  ) {
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

async function topicWithLeaders(admin: Admin, name: string): Promise<Topic | undefined> {
  const topic = await describeTopic(admin, name)
  return topic && hasLeaders(topic) ? topic : undefined
}
