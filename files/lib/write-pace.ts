import { type KeptPartition, lagOf } from './kept-partition.ts'
import { writePartition } from './owned-partition.ts'

/** Says when each partition file is to be written, over all partitions of a consumer. */
export type WritePace = {
  /** When the file is due, in milliseconds since 1970; Infinity when it is up to date. */
  dueAt: (kept: KeptPartition) => number
  write: (kept: KeptPartition) => void
}

const bytesPerMs = 5_000
const catchUpIntervalMs = 200
const delayMsMax = 900

/**
 * Bounds what a consumer writes to 5 MB/s on average: a small file is written for each record at once, one of 8,000
 * years about every 0.6 s, and while catching up five times a second at most. The last state is on disk within 1 s all
 * the same, and at once when the end of the log is reached. Rewriting a file of 3 MB for ten records a second would be
 * 2.7 TB a day.
 */
export function createWritePace(): WritePace {
  let freeAt = 0
  return {
    dueAt: (kept) => {
      const { hasCaughtUp, unwrittenSince } = kept
      if (hasCaughtUp || unwrittenSince === Number.POSITIVE_INFINITY) return unwrittenSince
      return Math.min(
        Math.max(freeAt, lagOf(kept) > 0 ? unwrittenSince + catchUpIntervalMs : 0),
        unwrittenSince + delayMsMax,
      )
    },
    write: (kept) => {
      writePartition(kept.owned)
      kept.unwrittenSince = Number.POSITIVE_INFINITY
      kept.hasCaughtUp = false
      const now = Date.now()
      freeAt = Math.min(Math.max(freeAt, now) + kept.owned.bytes / bytesPerMs, now + delayMsMax)
    },
  }
}
