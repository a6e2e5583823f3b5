import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, ClusterMetadata, Consumer } from '@platformatic/kafka'
import { OperatingError } from '../core/program.ts'
import { reason } from '../kafka/network-error.ts'
import { isUnknownTopic } from '../topic/connect.ts'
import { handOn, openStream, type RecordHandler } from './record-stream.ts'
import {
  awaitTopic,
  noteAssignments,
  passTransient,
  pollMs,
  type Subscription,
  untilReplaced,
} from './subscription.ts'

/** What it takes to follow a topic. */
export type Following = {
  /** A client apart from the consumer's, to ask which topic it is now. */
  admin: Admin
  consumer: Consumer
  subscription: Subscription
  handle: RecordHandler
}

/**
 * Hands on the records that arrive in the partitions which the group gives to this consumer.
 *
 * A later topic of the same name is read from its start, each record once: by itself Kafka's client would go on in it at
 * the earlier one's offsets. Broker restarts are waited out in silence, however long they take.
 *
 * @returns when the group has lost the consumer for good: the caller closes it, and goes on with another one
 */
export async function followTopic(following: Following, signal: AbortSignal): Promise<void> {
  const { admin, consumer, subscription } = following
  let isLost = false
  consumer.on('error', () => {
    isLost = true
    subscription.stream?.destroy()
  })
  consumer.on('consumer:group:join', ({ assignments }) => noteAssignments(subscription, assignments ?? []))
  // Counted once more than the streams do, or each new stream would make the group share out the partitions anew.
  consumer.topics.track(subscription.topic)
  while (!isLost) {
    await awaitTopic(admin, consumer, subscription, signal)
    await readTopic(following, signal).catch((error) => {
      if (!isLost) passFault(subscription.topic, error)
    })
    await sleep(pollMs, undefined, { signal })
  }
}

/** Reads until the topic is replaced, the signal aborts, or the stream fails, which it throws. */
async function readTopic(following: Following, signal: AbortSignal): Promise<void> {
  const { admin, consumer, subscription, handle } = following
  const { topic, id } = subscription
  const over = new AbortController()
  const end = () => {
    over.abort()
    subscription.stream?.destroy()
  }
  // Told before the consumer acts on it: no record of a later topic is fetched at this one's offsets.
  const onMetadata = ({ topics }: ClusterMetadata) => {
    if ((topics.get(topic)?.id ?? id) !== id) end()
  }
  consumer.on('client:metadata', onMetadata)
  const watching = untilReplaced(admin, subscription, AbortSignal.any([signal, over.signal])).then(end, end)
  try {
    consumer.clearMetadata()
    subscription.stream = await openStream(consumer, subscription)
    if (over.signal.aborted) end()
    await handOn(subscription, handle, over.signal)
  } catch (error) {
    if (!over.signal.aborted) throw error
  } finally {
    consumer.off('client:metadata', onMetadata)
    end()
    await watching
    subscription.stream = undefined
  }
}

/** Lets pass what a broker's restart or a deleted topic causes. */
function passFault(topic: string, cause: unknown): void {
  if (isUnknownTopic(cause, topic)) return
  try {
    passTransient(cause)
  } catch {
    throw new OperatingError(
      `${topic}: reading failed (${reason(cause)}). Start again to go on at the log's end.`,
      {
        cause,
      },
    )
  }
}
