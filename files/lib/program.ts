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
 * A second signal finds no handler left and ends the process at once.
 *
 * @param main the program; it returns, or throws the signal's reason, soon after `signal` aborts
 */
export async function run(main: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort())
  // Whoever reads our output may go away (`| head`): that ends the program, and is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    await main(stop.signal)
  } catch (error) {
    // By name: node:timers/promises wraps the signal's reason in an error of its own.
    if (stop.signal.aborted && error instanceof Error && error.name === 'AbortError') return
    console.error(error instanceof OperatingError ? error.message : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}
