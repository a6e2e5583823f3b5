import { isStale, openTransactionMs } from '../lib/engine/status-file.ts'
import { formatDuration, formatTime } from './duration.ts'
import { formatCount } from './format-count.ts'
import { endOffsetOf, type Reading } from './readings.ts'

/** How a partition's consumer goes: a kind for the looks, words for people. */
export type StateWord = {
  kind: 'live' | 'busy' | 'stale' | 'stopped' | 'absent'
  words: string
  /** What it said went wrong. */
  error?: string
}

/**
 * Says how the consumer of a partition goes, from its heartbeat: a file may be old for want of records, and new when a
 * consumer that has died since wrote it last.
 *
 * @param now in milliseconds since 1970, on the clock of the consumer's machine
 */
export function stateWord(reading: Reading, now: number): StateWord {
  const { status } = reading
  if (!status) return { kind: 'absent', words: 'no consumer yet' }
  const since = formatTime(status.heartbeat)
  if (status.state === 'stopped') {
    const word: StateWord = { kind: 'stopped', words: `stopped at ${since}` }
    return status.error ? { ...word, error: status.error } : word
  }
  if (isStale(status, now)) return { kind: 'stale', words: `stale since ${since}` }
  const { openTransaction } = status
  if (openTransaction && now - openTransaction.since >= openTransactionMs) {
    const words = `a transaction is open at offset ${formatCount(openTransaction.firstOffset)} since ${formatTime(openTransaction.since)}`
    return { kind: 'busy', words }
  }
  if (status.state === 'live') return { kind: 'live', words: 'live' }
  if (status.state === 'waiting') return { kind: 'busy', words: 'waiting for the topic' }
  if (status.state === 'reconnecting') return { kind: 'busy', words: 'broker away, reconnecting' }
  return { kind: 'busy', words: `catching up${timeLeft(reading)}` }
}

function timeLeft(reading: Reading): string {
  const { status, checkpoint } = reading
  const records = (endOffsetOf(reading) ?? 0) - (checkpoint?.offset ?? 0)
  if (!status || status.rate <= 0 || records <= 0) return ''
  const ms = (records / status.rate) * 1000
  return ms < 1000
    ? ', under 1 s left'
    : `, ${formatDuration(ms)} left at ${formatCount(status.rate)} records/s`
}

/** Whether a consumer does its work, be it that it has yet to catch up. */
export function isWorking({ kind }: StateWord): boolean {
  return kind === 'live' || kind === 'busy'
}
