import { type KeptPartition, lagOf } from './kept-partition.ts'
import { writePartition } from './owned-partition.ts'

/** Says when each partition file is to be written, over all partitions of a consumer. */
export type WritePace = {
  /** When the file is due, as performance.now() has it, for the wall clock may jump; Infinity when it is up to date. */
  dueAt: (kept: KeptPartition) => number
  write: (kept: KeptPartition) => void
}

const bytesPerMs = 5_000
const delayMsMax = 900

/**
 * Bounds what a consumer writes to 5 MB/s on average: a small file is written for each record at once, one of 8,000
 * years about every 0.6 s. While catching up it is written at the start, which shows that it goes on, and then when it
 * must be: the last state is on disk within 1 s always, and at once when the end of the log is reached. Rewriting a file of 3 MB for ten records a second would be
 * 2.7 TB a day.
 */
export function createWritePace(): WritePace {
  let freeAt = 0
  const begun = new Set<KeptPartition>()
  return {
    dueAt: (kept) => {
      const { hasCaughtUp, unwrittenSince } = kept
      if (hasCaughtUp || unwrittenSince === Number.POSITIVE_INFINITY) return unwrittenSince
      const isCatchingUp = lagOf(kept) > 0 && begun.has(kept)
      return isCatchingUp ? unwrittenSince + delayMsMax : Math.min(freeAt, unwrittenSince + delayMsMax)
    },
    write: (kept) => {
      writePartition(kept.owned)
      begun.add(kept)
      kept.unwrittenSince = Number.POSITIVE_INFINITY
      kept.hasCaughtUp = false
      const now = performance.now()
      freeAt = Math.min(Math.max(freeAt, now) + kept.owned.bytes / bytesPerMs, now + delayMsMax)
    },
  }
}
