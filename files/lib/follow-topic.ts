import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Admin,
  type ClusterMetadata,
  type Consumer,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
} from '@platformatic/kafka'
import { reason } from './connect.ts'
import { OperatingError } from './program.ts'
import {
  awaitTopic,
  noteAssignments,
  passTransient,
  pollMs,
  type Subscription,
  untilReplaced,
} from './subscription.ts'

/** Takes a record as soon as it has arrived. */
export type RecordHandler = (partition: number, key: Buffer | undefined, value: Buffer | undefined) => void

/**
 * Hands on the records that arrive in the partitions which the group gives to this consumer.
 *
 * A later topic of the same name is read from its start, each record once: by itself Kafka's client would go on in it at
 * the earlier one's offsets. Broker restarts are waited out in silence, however long they take.
 *
 * @param admin a client apart from the consumer's, to ask which topic it is now
 * @returns when the group has lost the consumer for good: the caller closes it, and goes on with another one
 */
export async function followTopic(
  admin: Admin,
  consumer: Consumer,
  subscription: Subscription,
  handle: RecordHandler,
  signal: AbortSignal,
): Promise<void> {
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
    await readTopic(admin, consumer, subscription, handle, signal).catch((error) => {
      if (!isLost) passFault(subscription.topic, error)
    })
    await sleep(pollMs, undefined, { signal })
  }
}

/** Reads until the topic is replaced, the signal aborts, or the stream fails, which it throws. */
async function readTopic(
  admin: Admin,
  consumer: Consumer,
  subscription: Subscription,
  handle: RecordHandler,
  signal: AbortSignal,
): Promise<void> {
  const { topic, id, positions } = subscription
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
    await handOn(subscription.stream, positions, handle, over.signal)
  } catch (error) {
    if (!over.signal.aborted) throw error
  } finally {
    consumer.off('client:metadata', onMetadata)
    end()
    await watching
    subscription.stream = undefined
  }
}

async function handOn(
  stream: NonNullable<Subscription['stream']>,
  positions: Subscription['positions'],
  handle: RecordHandler,
  signal: AbortSignal,
): Promise<void> {
  for await (const { partition, key, value, offset } of stream) {
    if (signal.aborted) break
    positions.set(partition, offset + 1n)
    handle(partition, key, value)
  }
}

function openStream(consumer: Consumer, { topic, positions }: Subscription) {
  return consumer.consume({
    topics: [topic],
    mode: MessagesStreamModes.MANUAL,
    offsets: Array.from(positions, ([partition, offset]) => ({ topic, partition, offset })),
    // Else the client would go to the log's end in silence when it is shorter than what we have read.
    fallbackMode: MessagesStreamFallbackModes.FAIL,
    autocommit: false,
    maxWaitTime: 1000,
  })
}

/** Lets pass what a broker's restart or a deleted topic causes. */
function passFault(topic: string, cause: unknown): void {
  const why = reason(cause)
  if (why === `Unknown topic ${topic}`) return
  try {
    passTransient(cause)
  } catch {
    throw new OperatingError(`${topic}: reading failed (${why}). Start again to go on at the log's end.`, {
      cause,
    })
  }
}
