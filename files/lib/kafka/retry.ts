import { setTimeout as sleep } from 'node:timers/promises'
import { OperatingError } from '../core/program.ts'
import { isNetworkError, reason } from './network-error.ts'

const retries = 10

/**
 * Tries again what fails for a reason that may pass by itself, ten times within 22 s.
 *
 * @param what is tried, as in `Reading the log`
 * @param signal ends it
 * @param mayPass tells an error that may pass by itself: those of our own client by default
 * @throws OperatingError when none of the tries comes through
 */
export async function retry<Result>(
  what: string,
  attempt: () => Promise<Result>,
  signal?: AbortSignal,
  mayPass: (error: unknown) => boolean = isNetworkError,
): Promise<Result> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt()
    } catch (cause) {
      if (!mayPass(cause)) throw cause
      if (failures > retries) throw new OperatingError(`${what} failed: ${reason(cause)}.`, { cause })
      await sleep(failures * 400, undefined, { signal })
    }
  }
}
