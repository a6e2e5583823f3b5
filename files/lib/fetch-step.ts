import { protocolErrorsCodesById } from '@platformatic/kafka'
import { type FetchedPartition, fetchBatches } from './fetch.ts'
import { readLogRange } from './log-range.ts'
import { OperatingError } from './program.ts'
import {
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
  for (const position of group) position.isAsked = true
  const result = await fetchBatches(pool, rooms, leader, topicId!, group, limits).catch((error: unknown) => ({
    error,
  }))
  return () => {
    for (const position of group) position.isAsked = false
    if ('error' in result) return goOffline(state, result.error)
    goOnline(state)
    state.waitingFor = ''
    // An answer about a topic that is no longer ours came too late.
    if (state.topicId === topicId) for (const answer of result) receive(state, answer)
  }
}

function receive(state: ReaderState, answer: FetchedPartition): void {
  const name = protocolErrorsCodesById[answer.errorCode as keyof typeof protocolErrorsCodesById]
  const { partition, diverging } = answer
  if (name === 'NONE' && diverging) state.queue.push({ kind: 'diverged', partition, ...diverging })
  else if (name === 'NONE') receiveRecords(state, answer)
  else if (name === 'OFFSET_OUT_OF_RANGE') start(state, confirmRange(state, partition))
  else if (passingErrors.has(name ?? '')) retryLater(state)
  else
    throw new OperatingError(
      `${state.topicName}/${partition}: the broker answers a fetch with ${name ?? answer.errorCode}.`,
    )
}

function receiveRecords(state: ReaderState, { partition, batches, endOffset }: FetchedPartition): void {
  state.pauseMs = 0
  const position = state.positions.get(partition)!
  let header = readBatchHeader(batches, 0)
  if (!header && batches.length > 0) {
    throw new OperatingError(
      `${state.topicName}/${partition}: the batch at offset ${position.offset} came without its end.`,
    )
  }
  // Only the headers are walked here, so that the next fetch is on its way before the records are decoded.
  while (header) {
    position.offset = Math.max(position.offset, header.nextOffset)
    position.lastFetchedEpoch = header.leaderEpoch
    header = readBatchHeader(batches, header.position + header.byteLength)
  }
  state.queue.push({ kind: 'records', partition, bytes: batches, endOffset })
}

/**
 * Makes sure that an offset is outside the log before anybody stops for it: the answer may have come from a topic just
 * deleted, or from a leader of before.
 */
async function confirmRange(state: ReaderState, partition: number): Promise<() => void> {
  const { client, topicName, topicId } = state
  const position = state.positions.get(partition)!
  position.isAsked = true
  const range = await readLogRange(client, topicName, partition).catch((error: unknown) => ({ error }))
  const topic = await describeTopic(client, topicName).catch(() => undefined)
  return () => {
    position.isAsked = false
    if ('error' in range) return goOffline(state, range.error)
    const isSame = topic?.id === topicId && topic?.partitions[partition]?.leaderEpoch === position.leaderEpoch
    const isOutside = position.offset < range.logStart || position.offset > range.logEnd
    if (isSame && isOutside) state.queue.push({ kind: 'out of range', partition, ...range })
    else retryLater(state)
  }
}
