import { join } from 'node:path'
import { formatNumber } from '../core/format-number.ts'
import { readIfPresent } from '../core/read-if-present.ts'
import { replaceFile } from '../core/replace-file.ts'

/**
 * What `npm start -- --chaos` has done and found, in `.almanac/chaos.json` of the data folder: for its own status line and
 * the page.
 */
export type ChaosStatus = {
  /** Consumers killed that were live again afterwards. */
  kills: number
  /** From a new process's start to live, in milliseconds: in the middle and at worst; null before the first. */
  restartMs: { median: number; worst: number } | null
  /** How many counts, sums and averages the last verification compared; null before the first. */
  numbers: number | null
  /** What it found wrong; null when all agreed. */
  difference: string | null
  /** When this was written, in milliseconds since 1970. */
  heartbeat: number
}

const staleMs = 60_000

/** Where the status stands. */
export function chaosPath(directory: string): string {
  return join(directory, '.almanac', 'chaos.json')
}

/** Writes it, whole but not synced: after a power cut nobody needs it. */
export function writeChaosStatus(directory: string, status: Omit<ChaosStatus, 'heartbeat'>): void {
  const whole: ChaosStatus = { ...status, heartbeat: Date.now() }
  replaceFile(chaosPath(directory), `${JSON.stringify(whole)}\n`, { isSynced: false })
}

/**
 * Reads it as it was written last.
 *
 * @param now in milliseconds since 1970
 * @returns undefined when there is none that makes sense, or it is of a run that is over
 */
export function readChaosStatus(directory: string, now: number): ChaosStatus | undefined {
  return parseChaosStatus(readIfPresent(chaosPath(directory)) ?? '', now)
}

/** Parses what stands in its file; undefined like {@link readChaosStatus}. */
export function parseChaosStatus(text: string, now: number): ChaosStatus | undefined {
  const status = parse(text)
  return status && now - status.heartbeat <= staleMs ? status : undefined
}

/** Puts it in words, as in `12 kills survived, live again after 640 ms (at worst 981 ms), all 288 numbers agree with the log`. */
export function describeChaos({ kills, restartMs, numbers, difference }: ChaosStatus): string {
  const survived = `${formatNumber(kills, 0)} ${kills === 1 ? 'kill' : 'kills'} survived`
  const again = restartMs
    ? `live again after ${formatNumber(restartMs.median, 0)} ms (at worst ${formatNumber(restartMs.worst, 0)} ms)`
    : 'none timed yet'
  const agreement =
    numbers === null
      ? 'not compared with the log yet'
      : `all ${formatNumber(numbers, 0)} numbers agree with the log`
  return [survived, again, difference ? `the files DIFFER from the log: ${difference}` : agreement].join(', ')
}

function parse(text: string): ChaosStatus | undefined {
  try {
    const value = Object(JSON.parse(text)) as Partial<ChaosStatus>
    const { kills, restartMs, numbers, difference, heartbeat } = value
    const isNumber = (found: unknown) => found === null || Number.isFinite(found)
    const times = restartMs === null || Object.values(Object(restartMs)).every(Number.isFinite)
    const isWhole = times && isNumber(numbers) && (difference === null || typeof difference === 'string')
    return isWhole && Number.isFinite(kills) && Number.isFinite(heartbeat)
      ? (value as ChaosStatus)
      : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
