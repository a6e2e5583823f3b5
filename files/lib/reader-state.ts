import type { Admin, ConnectionPool } from '@platformatic/kafka'
import { isTransient, reason } from './connect.ts'
import type { FetchLimits, Position, Rooms } from './fetch.ts'
import type { BrokerSettings } from './settings.ts'
import type { Leader, Topic } from './topic.ts'

/** What a partition reader brings, in the order of the log for each partition. */
export type Fetched =
  /** Record batches, perhaps none, perhaps beginning before the offset asked for; `bytes` are written
   * over after two more reads; `endOffset` as the broker said then. */
  | { kind: 'records'; partition: number; bytes: Buffer; endOffset: number }
  /** The topic is there, for the first time or under a new id: `begin` says from where to read it. */
  | { kind: 'topic'; topic: Topic }
  /** The log has lost records that we read: of the epoch of ours it holds those before `endOffset`. */
  | { kind: 'diverged'; partition: number; epoch: number; endOffset: number }
  /** The log does not hold the offset asked for. */
  | { kind: 'out of range'; partition: number; logStart: number; logEnd: number }

export type ReaderOptions = {
  /** For metadata; the fetches have connections of their own. */
  client: Admin
  settings: BrokerSettings
  topicName: string
  /** Whether a topic of that id is an old one, so that metadata naming it is behind the times. */
  isOldTopic: (id: string) => boolean
  /** Tells the user of trouble, or of its end, in a line. */
  say: (line: string) => void
  signal: AbortSignal
  limits: FetchLimits
}

/** The state of a reader, changed only by steps that `read` takes one at a time. */
export type ReaderState = ReaderOptions & {
  pool: ConnectionPool
  rooms: Rooms
  /** What was fetched and not yet asked for. */
  queue: Fetched[]
  /** Work on its way; each piece gives a step that applies its result. */
  underWay: Set<Promise<() => void>>
  /** Undefined until the topic is there and `begin` was called. */
  topicId: string | undefined
  positions: Map<number, ReaderPosition>
  needsMetadata: boolean
  isLookingUp: boolean
  /** How long to wait before the next request; 0 while all goes well. */
  pauseMs: number
  /** Since when no broker answers, in milliseconds since 1970; undefined while one does. */
  offlineSince: number | undefined
  /** What the user was told last that we wait for. */
  waitingFor: string
}

export type ReaderPosition = Position & {
  leader: Leader
  /** A request for this partition is on its way. */
  isAsked: boolean
}

/** Starts work whose result is applied by a later `read`. */
export function start(state: ReaderState, work: Promise<() => void>): void {
  const tracked = work.then((step) => () => {
    state.underWay.delete(tracked)
    step()
  })
  state.underWay.add(tracked)
}

const pauseMsMin = 20
const pauseMsMax = 1000

/** Looks metadata up again, after a pause that doubles from 20 ms to 1 s while this goes on. */
export function retryLater(state: ReaderState): void {
  state.needsMetadata = true
  state.pauseMs = Math.min(Math.max(state.pauseMs * 2, pauseMsMin), pauseMsMax)
}

/**
 * Notes that a request failed in a way that may pass, and says so when that begins.
 *
 * @throws the error itself when it will not pass
 */
export function goOffline(state: ReaderState, error: unknown): void {
  if (!isTransient(error)) throw error
  if (state.offlineSince === undefined) {
    state.offlineSince = Date.now()
    state.say(`The broker does not answer (${reason(error)}): trying again until it does.`)
  }
  retryLater(state)
}

/** Notes that a broker answered, and says so when it had not. */
export function goOnline(state: ReaderState): void {
  if (state.offlineSince === undefined) return
  state.say(`The broker is back after ${((Date.now() - state.offlineSince) / 1000).toFixed(1)} s.`)
  state.offlineSince = undefined
}

/**
 * Waits for something that may never come, telling the user once: at once when nothing was read yet, else when it has
 * not come within a second, for a topic created anew and a leader elected are gone for some milliseconds only.
 */
export function waitFor(state: ReaderState, what: string): void {
  const isPatient = state.topicId !== undefined && state.pauseMs < pauseMsMax
  if (!isPatient && state.waitingFor !== what) {
    state.say(what)
    state.waitingFor = what
  }
  retryLater(state)
}
