import { ConnectionPool } from '@platformatic/kafka'
import { addressOf } from './address.ts'
import { fetchFrom } from './fetch-step.ts'
import type { Fetched } from './fetched.ts'
import { firstOf } from './first-of.ts'
import { type ReaderOptions, type ReaderPosition, type ReaderState, start } from './reader-state.ts'
import type { Leader, Topic } from './topic.ts'
import { checkLeaders, lookUpTopic, takeLeaders } from './topic-step.ts'

/** From where to read a partition; the epoch is that of the record before, -1 if unknown. */
export type StartPosition = { partition: number; offset: number; lastFetchedEpoch: number }

/** Reads given partitions without a group, over leader changes, broker restarts and topics created anew. */
export type PartitionReader = {
  /** Reads on from these positions, of a topic that was brought. */
  begin: (topic: Topic, positions: readonly StartPosition[]) => void
  /** Brings what comes next; undefined when nothing does within `waitMs`, or the signal aborts. */
  read: (waitMs: number) => Promise<Fetched | undefined>
  /** Since when no broker answers, in milliseconds since 1970; undefined while one does. */
  offlineSince: () => number | undefined
  close: () => Promise<void>
}

// So long may a reader stand still at a leader that is cut off, besides the time that an election takes.
const checkMs = 5000

// A response has room for the share of all four partitions, so that none waits for another.
const usualLimits = { waitMs: 500, partitionBytesMax: 1 << 20, responseBytesMax: 4 << 20 }

/**
 * Opens a reader; its first `read` brings the topic.
 *
 * One request a leader is on its way at any time, also while what came before is being folded: at most two responses a
 * leader are held. Whatever may pass by itself is waited for, without end; the rest is brought, or thrown by `read` as
 * an OperatingError.
 */
export function openPartitionReader(
  options: Omit<ReaderOptions, 'limits'> & Partial<ReaderOptions>,
): PartitionReader {
  const pool = new ConnectionPool('almanac', {
    ...options.settings,
    connectTimeout: 5000,
    requestTimeout: 10_000,
  })
  const state: ReaderState = {
    limits: usualLimits,
    ...options,
    pool,
    rooms: new Map(),
    queue: [],
    underWay: new Set(),
    positions: new Map(),
    topicId: undefined,
    ...{ needsMetadata: true, lookedUpAt: 0, isLookingUp: false },
    pauseMs: 0,
    troubles: new Map(),
    waitingFor: '',
  }
  return {
    begin: (topic, positions) => begin(state, topic, positions),
    read: (waitMs) => read(state, waitMs),
    offlineSince: () => state.troubles.values().next().value?.since,
    close: () => pool.close(),
  }
}

function begin(state: ReaderState, topic: Topic, starts: readonly StartPosition[]): void {
  state.topicId = topic.id
  state.queue.length = 0
  state.positions.clear()
  for (const start of starts) {
    // A leader must be as new as the record before.
    const unknown = { leader: undefined, leaderEpoch: start.lastFetchedEpoch, needsLeader: true }
    state.positions.set(start.partition, { ...start, ...unknown, isAsked: false })
  }
  takeLeaders(state, topic)
}

async function read(state: ReaderState, waitMs: number): Promise<Fetched | undefined> {
  const deadline = performance.now() + waitMs
  while (state.queue.length === 0 && !state.signal.aborted) {
    startWork(state)
    const step = await firstOf(state.underWay, deadline - performance.now(), state.signal)
    if (!step) return undefined
    step()
  }
  startWork(state) // The next fetch is on its way while the caller folds what it gets now.
  return state.queue.shift()
}

function startWork(state: ReaderState): void {
  if (!state.isLookingUp) {
    if (state.needsMetadata) start(state, lookUpTopic(state))
    else if (performance.now() - state.lookedUpAt > checkMs) start(state, checkLeaders(state))
  }
  for (const [leader, group] of idleByLeader(state)) start(state, fetchFrom(state, leader, group))
}

/** Groups the partitions that may be asked for now by their leader: one request a leader. */
function idleByLeader({ positions, troubles }: ReaderState): Map<Leader, ReaderPosition[]> {
  const groups = new Map<string, [Leader, ReaderPosition[]]>()
  for (const position of positions.values()) {
    const { leader, isAsked, needsLeader } = position
    if (!leader || isAsked || needsLeader) continue
    const address = addressOf(leader)
    if (troubles.get(address)?.isPausing) continue
    const group = groups.get(address) ?? [leader, []]
    group[1].push(position)
    groups.set(address, group)
  }
  return new Map(groups.values())
}
