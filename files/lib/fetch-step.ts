import { protocolErrorsCodesById } from '@platformatic/kafka'
import { addressOf } from './address.ts'
import { type FetchedPartition, fetchBatches } from './fetch.ts'
import { readLogRange } from './log-range.ts'
import { OperatingError } from './program.ts'
import {
  anyBroker,
  goOffline,
  goOnline,
  type ReaderPosition,
  type ReaderState,
  retryLater,
  start,
} from './reader-state.ts'
import { readBatchHeader } from './record-batch.ts'
import { describeTopic, type Leader } from './topic.ts'

// After these, metadata is looked up again: the same topic is read on, a new one begun, an absent one waited for.
const passingErrors = new Set<string>([
  ...['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'INCONSISTENT_TOPIC_ID'],
  ...['NOT_LEADER_OR_FOLLOWER', 'LEADER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH'],
  ...['REPLICA_NOT_AVAILABLE', 'KAFKA_STORAGE_ERROR', 'OFFSET_NOT_AVAILABLE', 'BROKER_NOT_AVAILABLE'],
])

/** Fetches once from a leader; the step returned takes the answer into the state. */
export async function fetchFrom(
  state: ReaderState,
  leader: Leader,
  group: ReaderPosition[],
): Promise<() => void> {
  const { topicId, pool, rooms, limits } = state
  const who = addressOf(leader)
  for (const position of group) position.isAsked = true
  const result = await fetchBatches(pool, rooms, leader, topicId!, group, limits).catch((error: unknown) => ({
    error,
  }))
  return () => {
    for (const position of group) position.isAsked = false
    if ('error' in result) return goOffline(state, who, result.error)
    goOnline(state, who)
    for (const answer of result) {
      const position = group.find(({ partition }) => partition === answer.partition)
      // An answer to a position that is no longer ours, of an earlier topic, came too late.
      if (!position || state.positions.get(position.partition) === position) receive(state, position, answer)
    }
  }
}

function receive(state: ReaderState, position: ReaderPosition | undefined, answer: FetchedPartition): void {
  const name = protocolErrorsCodesById[answer.errorCode as keyof typeof protocolErrorsCodesById]
  const { partition, diverging } = answer
  if (!position) retryLater(state)
  else if (name === 'NONE' && diverging) state.queue.push({ kind: 'diverged', partition, ...diverging })
  else if (name === 'NONE') receiveRecords(state, position, answer)
  else if (name === 'OFFSET_OUT_OF_RANGE') start(state, confirmRange(state, position))
  else if (passingErrors.has(name ?? '')) {
    position.needsLeader = true
    retryLater(state)
  } else {
    const what = `the broker answers a fetch with ${name ?? answer.errorCode}`
    throw new OperatingError(`${state.topicName}/${partition}: ${what}.`)
  }
}

function receiveRecords(state: ReaderState, position: ReaderPosition, answer: FetchedPartition): void {
  const { partition, batches, endOffset } = answer
  // While one partition is waited for, records of the others would have us ask every 20 ms, and say so anew.
  if (!state.needsMetadata) Object.assign(state, { pauseMs: 0, waitingFor: '' })
  const from = position.offset
  let header = readBatchHeader(batches, 0)
  if (!header && batches.length > 0) {
    throw new OperatingError(
      `${state.topicName}/${partition}: the batch at offset ${from} came without its end.`,
    )
  }
  // Only the headers are walked here, so that the next fetch is on its way before the records are decoded.
  while (header) {
    position.offset = Math.max(position.offset, header.nextOffset)
    position.lastFetchedEpoch = header.leaderEpoch
    header = readBatchHeader(batches, header.position + header.byteLength)
  }
  state.queue.push({ kind: 'records', partition, from, bytes: batches, endOffset })
}

/**
 * Makes sure that an offset is outside the log before anybody stops for it: the answer may have come from a topic just
 * deleted, or from a leader of before.
 */
async function confirmRange(state: ReaderState, position: ReaderPosition): Promise<() => void> {
  const { client, topicName, topicId } = state
  const { partition, leaderEpoch } = position
  position.isAsked = true
  const range = await readLogRange(client, topicName, partition).catch((error: unknown) => ({ error }))
  const topic = await describeTopic(client, topicName).catch(() => undefined)
  return () => {
    position.isAsked = false
    if ('error' in range) return goOffline(state, anyBroker, range.error)
    if (state.positions.get(partition) !== position) return
    const isSame = topic?.id === topicId && topic?.partitions[partition]?.leaderEpoch === leaderEpoch
    const isOutside = position.offset < range.logStart || position.offset > range.logEnd
    if (isSame && isOutside) state.queue.push({ kind: 'out of range', partition, ...range })
    else retryLater(state)
  }
}
