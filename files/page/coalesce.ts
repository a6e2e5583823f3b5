/** Work that is asked for more often than it can be done. */
export type Coalesced = { request: () => void; close: () => void }

// Files that belong together are replaced within a few milliseconds of each other.
const settleMs = 5
const pauseMsMin = 40
const pauseShare = 2

/**
 * Runs work soon after it was asked for, once for all requests since its last run, and never more than a third of the
 * time: reading files of 3 MB over and over must leave time to answer.
 */
export function coalesce(work: () => void): Coalesced {
  let timer: NodeJS.Timeout | undefined
  let freeAt = 0
  const runNow = () => {
    timer = undefined
    const begin = performance.now()
    work()
    const end = performance.now()
    freeAt = end + Math.max(pauseMsMin, (end - begin) * pauseShare)
  }
  return {
    request: () => {
      timer ??= setTimeout(runNow, Math.max(settleMs, freeAt - performance.now()))
    },
    close: () => clearTimeout(timer),
  }
}
