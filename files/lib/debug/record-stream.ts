import { type Consumer, MessagesStreamFallbackModes, MessagesStreamModes } from '@platformatic/kafka'
import type { Subscription } from './subscription.ts'

/** Takes a record as soon as it has arrived. */
export type RecordHandler = (partition: number, key: Buffer | undefined, value: Buffer | undefined) => void

/**
 * Hands on what a subscription's stream brings, each record once, noting how far it came, until the signal aborts or the
 * stream ends.
 */
export async function handOn(
  { stream, positions }: Subscription,
  handle: RecordHandler,
  signal: AbortSignal,
): Promise<void> {
  for await (const { partition, key, value, offset } of stream ?? []) {
    if (signal.aborted) break
    // While a partition's leader moves, the library may ask the former and the next one for the same records.
    if (offset < (positions.get(partition) ?? 0n)) continue
    positions.set(partition, offset + 1n)
    handle(partition, key, value)
  }
}

/** Opens a stream at the subscription's positions, in the partitions that the group gives to this consumer. */
export function openStream(consumer: Consumer, { topic, positions }: Subscription) {
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
