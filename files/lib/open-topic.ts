import { type Admin, findErrorBy } from '@platformatic/kafka'
import { awaitDeletion, awaitLeaders } from './await-topic.ts'
import { createTopic } from './create-topic.ts'
import type { Topic } from './topic.ts'

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
  await awaitDeletion(admin, name, signal)
  const created = await createTopic(admin, name, replicas, signal)
  // Made anew once more: only the lost answer had the id of the topic that is there now.
  return created ?? recreateTopic(admin, name, replicas, signal)
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
  const isThere = (await admin.listTopics()).includes(name)
  const created = isThere ? undefined : await createTopic(admin, name, replicas, signal)
  return created ?? awaitLeaders(admin, name, signal)
}
