/**
 * Waits for the first of several promises, at most `ms` and until the signal aborts.
 *
 * No promise that stays pending may be among them: a race stays with each of its promises until that is settled, and
 * what the race brought (here fetched bytes) stays with the race.
 *
 * @returns undefined when none was in time
 */
export async function firstOf<T>(work: Iterable<Promise<T>>, ms: number, signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const end = () => resolve(undefined)
  const timer = setTimeout(end, Math.max(ms, 0))
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([promise, ...work])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}
