import { setTimeout as sleep } from 'node:timers/promises'
import { addressOf } from './address.ts'
import { isTransient } from './connect.ts'
import {
  anyBroker,
  goOffline,
  goOnline,
  type ReaderPosition,
  type ReaderState,
  retryLater,
  retryTelling,
} from './reader-state.ts'
import { describeTopic, type Topic, type TopicPartition } from './topic.ts'

/** Looks up the topic, after the pause that trouble has asked for, and takes its leaders and their epochs. */
export async function lookUpTopic(state: ReaderState): Promise<() => void> {
  const { pauseMs } = state
  state.isLookingUp = true
  if (pauseMs > 0) await sleep(pauseMs, undefined, { ref: false })
  const result = await describe(state)
  return () => {
    state.isLookingUp = false
    if ('error' in result) return loseMetadata(state, result.error)
    goOnline(state, anyBroker)
    takeTopic(state, result.topic)
  }
}

/**
 * Looks, while all goes well, whether others lead, or the topic was created anew: a leader that is cut off from the other
 * brokers answers fetches as if nothing came.
 */
export async function checkLeaders(state: ReaderState): Promise<() => void> {
  state.isLookingUp = true
  const result = await describe(state)
  return () => {
    state.isLookingUp = false
    if ('error' in result) return passTransient(result.error)
    if (!result.topic) return // The fetches tell.
    const { id, partitions } = result.topic
    if (id !== state.topicId) state.needsMetadata = true
    else for (const position of state.positions.values()) takeNewer(position, partitions[position.partition]!)
  }
}

/** Lets pass what may pass by itself: the fetches go on, and tell what is the matter. */
function passTransient(error: unknown): void {
  if (!isTransient(error)) throw error
}

function takeNewer(position: ReaderPosition, { leader, leaderEpoch }: TopicPartition): void {
  if (leader && leaderEpoch > position.leaderEpoch) Object.assign(position, { leader, leaderEpoch })
}

async function describe(state: ReaderState): Promise<{ topic: Topic | undefined } | { error: unknown }> {
  state.lookedUpAt = performance.now()
  return describeTopic(state.client, state.topicName).then(
    (topic) => ({ topic }),
    (error: unknown) => ({ error }),
  )
}

function loseMetadata(state: ReaderState, error: unknown): void {
  // A leader that does not answer was told of: where it is the only broker, this says the same again.
  if (isTransient(error) && state.troubles.size > 0) retryLater(state)
  else goOffline(state, anyBroker, error)
}

function takeTopic(state: ReaderState, topic: Topic | undefined): void {
  const { topicName } = state
  if (!topic) return retryTelling(state, `Waiting for the topic ${topicName}: producer.ts creates it.`)
  if (topic.id === state.topicId) return takeLeaders(state, topic)
  if (state.isOldTopic(topic.id)) {
    const old = `${topic.id}, which is in archive/${topic.id}; remove that to read it again`
    return retryTelling(state, `Waiting for a newer topic than ${old}.`)
  }
  state.topicId = undefined
  state.positions.clear()
  state.troubles.clear()
  state.queue.push({ kind: 'topic', topic })
  state.needsMetadata = false
}

/** Takes who leads each partition, unless the broker that says so is behind what was read already. */
export function takeLeaders(state: ReaderState, topic: Topic): void {
  const { topicName, positions, troubles } = state
  state.needsMetadata = false
  const waits: string[] = []
  for (const position of positions.values()) {
    const { partition, leaderEpoch: known } = position
    const { leader, leaderEpoch } = topic.partitions[partition]!
    if (leaderEpoch < known && topic.brokers > 1) {
      if (position.needsLeader) waits.push(behind(topicName, partition, known, leaderEpoch))
      continue
    }
    Object.assign(position, { leader, leaderEpoch, needsLeader: !leader })
    if (!leader) waits.push(`Waiting for a leader of ${topicName}/${partition}: is its broker up?`)
  }
  const leaders = new Set(positions.values().map(({ leader }) => leader && addressOf(leader)))
  for (const who of troubles.keys()) if (who !== anyBroker && !leaders.has(who)) troubles.delete(who)
  if (waits.length > 0) retryTelling(state, waits.join('\n'))
}

function behind(topicName: string, partition: number, known: number, found: number): string {
  return (
    `Waiting for a broker that knows leader epoch ${known} of ${topicName}/${partition}, as has been seen; found ${found}. ` +
    'Is this one cut off from the others? If all their disks were put back as they were before, ' +
    `\`consumer.ts ${partition} --rebuild\` counts again.`
  )
}
