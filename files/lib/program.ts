import { printable } from './quoted.ts'

/**
 * What can go wrong in good code: a bad argument, a broker away, a damaged file. It prints as its message alone;
 * any other error is a defect of ours and prints with its stack.
 */
export class OperatingError extends Error {
  override name = 'OperatingError'
}

/** A command line or an environment variable that makes no sense: the program ends with exit code 2. */
export class UsageError extends OperatingError {
  override name = 'UsageError'
}

/**
 * Runs a program: turns signals into an abort, errors into one readable message and an exit code.
 *
 * Exit codes: 0 for a clean stop (SIGINT, SIGTERM and SIGHUP included), 1 for a failure, 2 for wrong usage.
 * A second signal finds no handler left and ends the process at once. A reader that goes away (`| head`) and a terminal
 * that is closed stop the program as a signal does.
 *
 * @param main the program; it returns, or throws the signal's reason, soon after `signal` aborts
 * @param stopMs how long that may take before the process ends all the same: a broker that hangs must not keep it
 */
export async function run(main: (signal: AbortSignal) => Promise<void>, stopMs = 5000): Promise<void> {
  const stop = new AbortController()
  stop.signal.addEventListener('abort', () => {
    if (stopMs < Number.POSITIVE_INFINITY) setTimeout(() => process.exit(), stopMs).unref()
  })
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort())
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
      stop.abort()
    })
  }
  try {
    await main(stop.signal)
  } catch (error) {
    // By name: node:timers/promises wraps the signal's reason in an error of its own.
    if (stop.signal.aborted && error instanceof Error && error.name === 'AbortError') return
    console.error(error instanceof OperatingError ? printable(error.message) : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}
