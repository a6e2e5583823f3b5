import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * What a consumer says of itself and one partition, each second, in `.almanac/partition-N.status.json`: for the lock's
 * message, the status line of `npm start` and the page.
 */
export type Status = {
  pid: number
  host: string
  state: 'waiting' | 'catching up' | 'live' | 'reconnecting' | 'stopped'
  offset: number
  /** One past the newest record; null before the broker has said. */
  endOffset: number | null
  /** Records a second over the last second or so. */
  rate: number
  /** When this was written, in milliseconds since 1970. */
  heartbeat: number
  /** What stopped the consumer; null while nothing is wrong. */
  error: string | null
}

/** Writes a status, atomically but not synced: after a power cut nobody needs it. */
export function writeStatus(path: string, status: Omit<Status, 'pid' | 'host' | 'heartbeat'>): void {
  const whole: Status = { pid: process.pid, host: hostname(), ...status, heartbeat: Date.now() }
  writeFileSync(`${path}.tmp`, `${JSON.stringify(whole)}\n`)
  renameSync(`${path}.tmp`, path)
}

/** Reads a status as another process wrote it last; undefined when there is none. */
export function readStatus(path: string): Status | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Status
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
