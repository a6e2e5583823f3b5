import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, Consumer, GroupAssignment, MessagesStream } from '@platformatic/kafka'
import { explain, isTransient } from '../topic/connect.ts'
import { describeTopic, hasLeaders } from '../topic/topic.ts'
import { partitionCount } from '../weather/partitions.ts'

type RecordStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>

/** How far this process has read of a topic; outlives streams, the consumer and topics of the same name. */
export type Subscription = {
  topic: string
  /** Of the topic that the positions belong to; undefined before there was one. */
  id: string | undefined
  /** By partition, the offset of the next record to hand on; a partition without one begins at its log's end. */
  positions: Map<number, bigint>
  /** The partitions that the group gave to this process last. */
  assigned: readonly number[] | undefined
  stream: RecordStream | undefined
}

export const pollMs = 250

/** Subscribes to nothing yet: the first topic that `awaitTopic` finds is begun at its log's end. */
export function openSubscription(topic: string): Subscription {
  return { topic, id: undefined, positions: new Map(), assigned: undefined, stream: undefined }
}

/**
 * Waits until the topic is there, saying so when it was not at the start.
 *
 * A topic that was there at the start is read from the end of its log. One that came later, or took the place of the one
 * known, from its start, so that no record of it is missed.
 *
 * @throws OperatingError when the topic has not four partitions
 */
export async function awaitTopic(
  admin: Admin,
  consumer: Consumer,
  subscription: Subscription,
  signal: AbortSignal,
): Promise<void> {
  const { topic } = subscription
  let isOld = subscription.id === undefined
  if (isOld) {
    const topics = await admin.listTopics().catch(explain('Listing the topics'))
    isOld = topics.includes(topic)
    if (!isOld) console.error(`Waiting for topic ${topic}; producer.ts creates it.`)
  }
  for (;;) {
    const found = await describeTopic(admin, topic).catch(passTransient)
    if (found && !hasLeaders(found)) {
      await sleep(pollMs, undefined, { signal })
      continue
    }
    if (found && found.id === subscription.id) return
    const positions = found && (isOld ? await logEnds(consumer, topic) : logStarts())
    if (found && positions) {
      Object.assign(subscription, { id: found.id, positions })
      return
    }
    await sleep(pollMs, undefined, { signal })
  }
}

/** Resolves when the topic is gone or another one has its name; rejects when the signal aborts. */
export async function untilReplaced(
  admin: Admin,
  { topic, id }: Subscription,
  signal: AbortSignal,
): Promise<void> {
  for (let isSame = true; isSame; ) {
    await sleep(pollMs, undefined, { signal })
    // Broker away: the same topic may come back with it.
    isSame = (await describeTopic(admin, topic).then((found) => found?.id === id, passTransient)) ?? true
  }
}

/**
 * Notes what the group gave to this process, and forgets its positions in partitions that it did not have before: what
 * another member has read of them is not for this one to repeat.
 */
export function noteAssignments(subscription: Subscription, assignments: readonly GroupAssignment[]): void {
  const { topic, assigned: before, stream, positions } = subscription
  const assigned = assignments.find((assignment) => assignment.topic === topic)?.partitions ?? []
  for (const partition of assigned) {
    if (!before || before.includes(partition)) continue
    positions.delete(partition)
    stream?.offsetsToFetch.delete(`${topic}:${partition}`)
  }
  subscription.assigned = assigned
}

/** Swallows an error that may pass by itself, for callers that ask again. */
export function passTransient(error: unknown): undefined {
  if (!isTransient(error)) throw error
}

async function logEnds(consumer: Consumer, topic: string): Promise<Map<number, bigint> | undefined> {
  const offsets = await consumer.listOffsets({ topics: [topic] }).catch(passTransient)
  return offsets && new Map(offsets.get(topic)!.entries())
}

function logStarts(): Map<number, bigint> {
  return new Map(Array.from({ length: partitionCount }, (_, partition) => [partition, 0n]))
}
