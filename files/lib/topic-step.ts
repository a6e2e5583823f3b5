import { setTimeout as sleep } from 'node:timers/promises'
import { isTransient } from './connect.ts'
import { anyBroker, goOffline, goOnline, type ReaderState, retryLater, retryTelling } from './reader-state.ts'
import { describeTopic, type Topic } from './topic.ts'

/** Looks up the topic, after the pause that trouble has asked for, and takes its leaders and their epochs. */
export async function lookUpTopic(state: ReaderState): Promise<() => void> {
  const { pauseMs } = state
  state.isLookingUp = true
  if (pauseMs > 0) await sleep(pauseMs, undefined, { ref: false })
  const result = await ask(state)
  return () => {
    state.isLookingUp = false
    if ('error' in result) return loseMetadata(state, result.error)
    goOnline(state, anyBroker)
    takeTopic(state, result.topic)
  }
}

/** Looks, while all goes well, whether others lead; any other news is told by the fetches. */
export async function checkLeaders(state: ReaderState): Promise<() => void> {
  state.isLookingUp = true
  const result = await ask(state)
  return () => {
    state.isLookingUp = false
    const topic = 'error' in result ? undefined : result.topic
    if (topic?.id !== state.topicId) return
    for (const position of state.positions.values()) {
      const { leader, leaderEpoch } = topic!.partitions[position.partition]!
      if (leader && leaderEpoch > position.leaderEpoch) Object.assign(position, { leader, leaderEpoch })
    }
  }
}

async function ask(state: ReaderState): Promise<{ topic: Topic | undefined } | { error: unknown }> {
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
  const leaders = new Set(topic.partitions.map(({ leader }) => leader && `${leader.host}:${leader.port}`))
  for (const who of troubles.keys()) if (who !== anyBroker && !leaders.has(who)) troubles.delete(who)
  for (const position of positions.values()) {
    const { partition } = position
    const { leader, leaderEpoch } = topic.partitions[partition]!
    const known = Math.max(position.leaderEpoch, position.lastFetchedEpoch)
    if (leaderEpoch < known) {
      position.needsLeader = true
      retryTelling(
        state,
        `Waiting for a broker that knows ${topicName}/${partition} up to leader epoch ${known}, as it was read; ` +
          `found ${leaderEpoch}. Is this one cut off from the others? If its disk was put back as it was before, ` +
          `\`consumer.ts ${partition} --rebuild\` counts again.`,
      )
      continue
    }
    Object.assign(position, { leader, leaderEpoch, needsLeader: false })
    if (!leader) retryTelling(state, `Waiting for a leader of ${topicName}/${partition}: is its broker up?`)
  }
}
