import assert from 'node:assert/strict'
import { checkBroker, expectFreePort } from './broker-checks.ts'
import { docker } from './docker.ts'

const delay = 'AUTOGRADER_DELAY_OVERRIDE_VAL=0.01'

/** Runs one check, and prints what it saw and how long it took; gives up at once when `signal` aborts. */
export async function step(signal: AbortSignal, what: string, check: () => Promise<string>): Promise<void> {
  signal.throwIfAborted()
  const begin = performance.now()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  const seen = await Promise.race([check(), aborted])
  console.log(`  ${what}: ${seen} (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
}

/**
 * Runs a container for the time of `check`, waits for its broker before and checks its stops after. Whatever happens, it
 * is removed; on a failure its log is shown first.
 *
 * @param options further words for `docker run`, the image among them
 */
export async function withContainer(
  signal: AbortSignal,
  options: readonly string[],
  check: (name: string) => Promise<void>,
): Promise<void> {
  const name = `p7-test-${process.pid}`
  await step(signal, 'port is free', expectFreePort)
  try {
    await docker('run', '-d', '-p', '9092:9092', `--name=${name}`, ...options)
    await step(signal, 'broker can be reached', checkBroker)
    await check(name)
    await step(signal, 'stopped cleanly', () => stop(name, [0]))
    await docker('start', name)
    // 143: the signal came before the program had heard of signals.
    await step(signal, 'stopped while starting', () => stop(name, [0, 143]))
    await docker('start', name)
    await step(signal, 'broker is back', checkBroker)
  } catch (error) {
    console.error(await docker('logs', name).catch((cause) => cause))
    throw error
  } finally {
    await docker('rm', '-f', name).catch((error) => console.error(error))
  }
}

/** Starts a program of /files in the background, at ten times its speed. */
export function startProgram(name: string, program: string, ...args: string[]): Promise<string> {
  return docker('exec', '-d', '-e', delay, name, 'node', `/files/${program}`, ...args)
}

async function stop(name: string, exitCodes: readonly number[]): Promise<string> {
  const begin = performance.now()
  await docker('stop', name)
  assert.ok(performance.now() - begin < 8000, 'the container took more than 8 s to stop')
  const [{ State: state }] = JSON.parse(await docker('inspect', name))
  assert.ok(exitCodes.includes(state.ExitCode), `the container's exit code is ${state.ExitCode}`)
  return `exit code ${state.ExitCode}`
}
