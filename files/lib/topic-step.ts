import { setTimeout as sleep } from 'node:timers/promises'
import { isTransient } from './connect.ts'
import { anyBroker, goOffline, goOnline, type ReaderState, retryLater, retryTelling } from './reader-state.ts'
import { describeTopic, type Topic } from './topic.ts'

/** Looks up the topic, after the pause that trouble has asked for, and takes its leaders and their epochs. */
export async function lookUpTopic(state: ReaderState): Promise<() => void> {
  const { client, topicName, pauseMs } = state
  state.isLookingUp = true
  if (pauseMs > 0) await sleep(pauseMs, undefined, { ref: false })
  const result = await describeTopic(client, topicName).then(
    (topic) => ({ topic }),
    (error: unknown) => ({ error }),
  )
  return () => {
    state.isLookingUp = false
    if ('error' in result) return loseMetadata(state, result.error)
    goOnline(state, anyBroker)
    takeTopic(state, result.topic)
  }
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

function takeLeaders(state: ReaderState, topic: Topic): void {
  state.needsMetadata = false
  const leaders = new Set(topic.partitions.map(({ leader }) => leader && `${leader.host}:${leader.port}`))
  for (const who of state.troubles.keys())
    if (who !== anyBroker && !leaders.has(who)) state.troubles.delete(who)
  for (const position of state.positions.values()) {
    Object.assign(position, topic.partitions[position.partition], { needsLeader: false })
    const { leader, partition } = position
    if (!leader)
      retryTelling(state, `Waiting for a leader of ${state.topicName}/${partition}: is its broker up?`)
  }
}
