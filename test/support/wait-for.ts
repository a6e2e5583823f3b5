import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until `probe` gives something truthy, asking every 20 ms.
 *
 * @param what names the condition in the error, as in `waited 30 s for the file to appear`
 * @throws when the deadline passes; the last error of `probe` is its cause
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Promise<T>,
  deadlineMs = 30_000,
): Promise<NonNullable<T>> {
  let cause: unknown
  for (const deadline = Date.now() + deadlineMs; Date.now() < deadline; await sleep(20)) {
    try {
      const found = await probe()
      if (found) return found
    } catch (error) {
      cause = error
    }
  }
  throw new Error(`waited ${deadlineMs / 1000} s for ${what}`, { cause })
}
