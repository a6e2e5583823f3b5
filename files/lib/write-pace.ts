import { type OwnedPartition, writePartition } from './owned-partition.ts'

/** A partition while its file is kept. */
export type KeptPartition = {
  owned: OwnedPartition
  /** One past the newest record, as the broker said last; undefined before it has. */
  endOffset: number | undefined
  /** The same when the topic was begun. */
  endAtStart: number | undefined
  /** Whether records were waiting after the last ones folded. */
  isBehind: boolean
  /** Whether the last records folded ended that: the file is then written at once. */
  hasCaughtUp: boolean
  /** When the first record was folded that the file does not have, in milliseconds since 1970; Infinity without one. */
  unwrittenSince: number
}

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
    dueAt: ({ isBehind, hasCaughtUp, unwrittenSince }) => {
      if (hasCaughtUp || unwrittenSince === Number.POSITIVE_INFINITY) return unwrittenSince
      return Math.min(
        Math.max(freeAt, isBehind ? unwrittenSince + catchUpIntervalMs : 0),
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
