import { setTimeout as sleep } from 'node:timers/promises'
import { goOffline, goOnline, type ReaderState, waitFor } from './reader-state.ts'
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
    if ('error' in result) return goOffline(state, result.error)
    takeTopic(state, result.topic)
  }
}

function takeTopic(state: ReaderState, topic: Topic | undefined): void {
  const { topicName } = state
  // One broker may answer for another that does not: with a topic we read, only a fetch shows that all is well.
  if (topic?.id !== state.topicId) goOnline(state)
  if (!topic) return waitFor(state, `Waiting for the topic ${topicName}: producer.ts creates it.`)
  if (topic.id === state.topicId) {
    for (const position of state.positions.values())
      Object.assign(position, topic.partitions[position.partition])
  } else if (state.isOldTopic(topic.id)) {
    const folder = `archive/${topic.id}`
    return waitFor(
      state,
      `Waiting for a newer topic than ${topic.id}, which is in ${folder}; remove that to read it again.`,
    )
  } else {
    state.topicId = undefined
    state.positions.clear()
    state.queue.push({ kind: 'topic', topic })
  }
  state.needsMetadata = false
}
