import { basename } from 'node:path'
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

/** What the user asked to be told instead of a run, such as `--help`: printed on standard output, exit code 0. */
export class Answer extends Error {
  override name = 'Answer'
}

const parentPollMs = 500

/**
 * Runs a program: turns signals into an abort, errors into one readable message and an exit code.
 *
 * Exit codes: 0 for a clean stop (SIGINT, SIGTERM and SIGHUP included), 1 for a failure, 2 for wrong usage.
 * A second signal, a second or more after the first, ends the process at once. A reader that goes away (`| head`), a
 * terminal that is closed, and the end of the npm that runs the program stop it as a signal does.
 *
 * @param main the program; it returns, or throws the signal's reason, soon after `signal` aborts
 * @param stopMs how long that may take before the process ends all the same: a broker that hangs must not keep it
 */
export async function run(main: (signal: AbortSignal) => Promise<void>, stopMs = 5000): Promise<void> {
  const stop = new AbortController()
  stop.signal.addEventListener('abort', () => {
    if (stopMs < Number.POSITIVE_INFINITY) setTimeout(() => process.exit(), stopMs).unref()
  })
  onSignal(() => stop.abort())
  onEndOfNpm(() => stop.abort())
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
    if (error instanceof Answer) return void console.log(error.message)
    console.error(error instanceof OperatingError ? printable(error.message) : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}

/**
 * One request may come as two signals: npm passes on to its script what a terminal's Ctrl-C, or `kill` of the whole
 * group, has sent to the script already.
 */
function onSignal(stop: () => void): void {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const sameRequestMs = 1000
  const letNextOneKill = () => {
    for (const name of names) process.off(name, request)
  }
  const request = () => {
    stop()
    setTimeout(letNextOneKill, sameRequestMs).unref()
  }
  for (const name of names) process.on(name, request)
}

/**
 * npm passes on SIGINT and SIGTERM alone, and `npx` passes them to a shell, which keeps them from us: either may be gone
 * while we go on, seen by nobody. Only for what npm was asked to run: its environment reaches grandchildren too.
 */
function onEndOfNpm(stop: () => void): void {
  const script = process.env.npm_lifecycle_script ?? ''
  if (!script.includes(basename(String(process.argv[1]))) && !/^'?node'?$/.test(script)) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, parentPollMs).unref()
}
