import { hostname } from 'node:os'
import { readIfPresent } from '../core/read-if-present.ts'
import { replaceFile } from '../core/replace-file.ts'

/**
 * What a consumer says of itself and one partition, each second, in `.almanac/partition-N.status.json`: for the lock's
 * message, the status line of `npm start` and the page.
 */
export type Status = {
  pid: number
  host: string
  state: (typeof states)[number]
  offset: number
  /** One past the newest record; null before the broker has said. */
  endOffset: number | null
  /** Records a second over the last second or so. */
  rate: number
  /** When this was written, in milliseconds since 1970. */
  heartbeat: number
  /** What stopped the consumer; null while nothing is wrong. */
  error: string | null
  /** The transaction of another producer that holds back the records behind it; absent while there is none. */
  openTransaction?: OpenTransaction
}

/** The form of the file. One without a number is of form 1. */
const version = 1

/**
 * Another producer's transaction that is neither committed nor aborted: the offset of its first record, and since when it
 * has been seen to hold back the records from there on, in milliseconds since 1970.
 */
export type OpenTransaction = { firstOffset: number; since: number }

/** From when on an open transaction is told: one of a producer that is at work ends sooner. */
export const openTransactionMs = 5000

const states = ['waiting', 'catching up', 'live', 'reconnecting', 'stopped'] as const
const staleMs = 3000

/** Writes a status, whole but not synced: after a power cut nobody needs it. */
export function writeStatus(path: string, status: Omit<Status, 'pid' | 'host' | 'heartbeat'>): void {
  const whole: Status = { pid: process.pid, host: hostname(), ...status, heartbeat: Date.now() }
  replaceFile(path, `${JSON.stringify({ version, ...whole })}\n`, { isSynced: false })
}

/** Reads a status as another process wrote it last; undefined when there is none that makes sense. */
export function readStatus(path: string): Status | undefined {
  const text = readIfPresent(path)
  return text === undefined ? undefined : parseStatus(text)
}

/** Whether a consumer that does not say it has stopped has not been heard of for too long: it writes each second. */
export function isStale({ state, heartbeat }: Status, now: number): boolean {
  return state !== 'stopped' && now - heartbeat > staleMs
}

/**
 * Parses a status file. Unlike a partition file it is no result: what makes no sense (a power cut may leave an empty
 * file) is as good as absent, for the consumer writes it anew within a second.
 */
export function parseStatus(text: string): Status | undefined {
  const { version: found = 1, ...value } = parseObject(text)
  if (found !== version) return undefined
  const { pid, host, state, offset, endOffset, rate, heartbeat, error, openTransaction } = value
  const numbers = [pid, offset, rate, heartbeat].every((number) => Number.isFinite(number))
  const end = endOffset === null || Number.isFinite(endOffset)
  const texts = typeof host === 'string' && (error === null || typeof error === 'string')
  const isKnown = numbers && end && texts && states.includes(state as Status['state'])
  return isKnown && isOpenTransaction(openTransaction) ? (value as Status) : undefined
}

function isOpenTransaction(value: unknown): boolean {
  const { firstOffset, since } = Object(value) as Partial<Record<keyof OpenTransaction, unknown>>
  return value === undefined || (Number.isFinite(firstOffset) && Number.isFinite(since))
}

function parseObject(text: string): Partial<Record<keyof Status | 'version', unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
