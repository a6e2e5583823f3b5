import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, ConnectionPool } from '@platformatic/kafka'
import { isTransient, reason } from './connect.ts'
import type { FetchLimits, Position, Rooms } from './fetch.ts'
import type { Fetched } from './fetched.ts'
import type { BrokerSettings } from './settings.ts'
import type { Leader } from './topic.ts'

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
  /** When metadata was looked up last, by `performance.now()`. */
  lookedUpAt: number
  /** How long to wait before the next look-up; 0 while all goes well. */
  pauseMs: number
  /** Those who do not answer: leaders by host:port, and `anyBroker` where none answers at all. */
  troubles: Map<string, Trouble>
  /** What the user was told last that we wait for. */
  waitingFor: string
}

/** Somebody who does not answer: since when, in milliseconds since 1970, and how long until the next try. */
export type Trouble = { since: number; pauseMs: number; isPausing: boolean }

export type ReaderPosition = Position & {
  leader: Leader | undefined
  /** A request for this partition is on its way. */
  isAsked: boolean
  /** The leader is not to be asked before metadata was looked up again. */
  needsLeader: boolean
}

/** Starts work whose result is applied by a later `read`. */
export function start(state: ReaderState, work: Promise<() => void>): void {
  const tracked = work.then((step) => () => {
    state.underWay.delete(tracked)
    step()
  })
  state.underWay.add(tracked)
}

/** Whom metadata is asked of: the first broker that answers. */
export const anyBroker = 'The broker'

const pauseMsMin = 20
const pauseMsMax = 1000

/** Looks metadata up again, after a pause that doubles from 20 ms to 1 s while this goes on. */
export function retryLater(state: ReaderState): void {
  state.needsMetadata = true
  state.pauseMs = doubled(state.pauseMs)
}

const doubled = (pauseMs: number) => Math.min(Math.max(pauseMs * 2, pauseMsMin), pauseMsMax)

/**
 * Notes that somebody did not answer, in a way that may pass, and says so when that begins. The others are read on.
 *
 * @throws the error itself when it will not pass
 */
export function goOffline(state: ReaderState, who: string, error: unknown): void {
  if (!isTransient(error)) throw error
  const trouble = state.troubles.get(who) ?? { since: Date.now(), pauseMs: 0, isPausing: false }
  if (!state.troubles.has(who))
    state.say(`${who} does not answer (${reason(error)}): trying again until it does.`)
  state.troubles.set(who, trouble)
  trouble.pauseMs = doubled(trouble.pauseMs)
  trouble.isPausing = true
  const endPause = () => {
    trouble.isPausing = false
  }
  start(state, sleep(trouble.pauseMs, endPause, { ref: false }))
  retryLater(state)
}

/** Notes that somebody answered, and says so when it had not. */
export function goOnline(state: ReaderState, who: string): void {
  const trouble = state.troubles.get(who)
  if (!trouble) return
  state.say(`${who} is back after ${((Date.now() - trouble.since) / 1000).toFixed(1)} s.`)
  state.troubles.delete(who)
}

/**
 * Waits for something that may never come, telling the user once: at once when nothing was read yet, else when it has
 * not come within a second, for a topic created anew and a leader elected are gone for some milliseconds only.
 */
export function retryTelling(state: ReaderState, what: string): void {
  const isPatient = state.topicId !== undefined && state.pauseMs < pauseMsMax
  if (!isPatient && state.waitingFor !== what) {
    state.say(what)
    state.waitingFor = what
  }
  retryLater(state)
}
