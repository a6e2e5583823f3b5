import { type Admin, findErrorBy } from '@platformatic/kafka'
import { awaitDeletion, awaitLeaders, awaitNewTopic } from './await-topic.ts'
import { checkCreation, createTopic } from './create-topic.ts'
import type { Topic } from './topic.ts'

/**
 * Deletes the topic if it is there, creates it anew, and waits until each partition has a leader.
 *
 * A topic is deleted only if the cluster would create the next one.
 *
 * @param replicas on how many brokers each partition is kept
 * @returns the new topic; its id tells it from any other of that name
 */
export async function recreateTopic(
  admin: Admin,
  name: string,
  replicas: number,
  signal: AbortSignal,
): Promise<Topic> {
  signal.throwIfAborted()
  // Listed first: the library takes deleting an absent topic for a fault that may pass, and tries again.
  if ((await admin.listTopics()).includes(name)) {
    await checkCreation(admin, name, replicas)
    await admin.deleteTopics({ topics: [name] }).catch((error) => {
      // An earlier try deleted it, and its answer was lost.
      if (!findErrorBy(error, 'apiId', 'UNKNOWN_TOPIC_OR_PARTITION')) throw error
    })
  }
  await awaitDeletion(admin, name, signal)
  const id = await createTopic(admin, name, replicas)
  // There is one again, and perhaps another program's: it is deleted as it would have been a moment later.
  if (id === undefined) return recreateTopic(admin, name, replicas, signal)
  return awaitNewTopic(admin, name, signal, id)
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
  if ((await admin.listTopics()).includes(name)) return awaitLeaders(admin, name, signal)
  return awaitNewTopic(admin, name, signal, await createTopic(admin, name, replicas))
}
