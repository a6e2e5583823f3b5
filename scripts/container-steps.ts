import assert from 'node:assert/strict'
import { checkBroker, expectFreePort } from './broker-checks.ts'
import { docker } from './docker.ts'

const delay = 'AUTOGRADER_DELAY_OVERRIDE_VAL=0.01'

/**
 * Runs a container for the time of `check`, waits for its broker before and checks its clean stop after. Whatever happens,
 * it is removed; on a failure its log is shown first.
 *
 * @param options further words for `docker run`
 */
export async function withContainer(
  what: string,
  image: string,
  options: string[],
  check: (name: string) => Promise<void>,
): Promise<void> {
  const name = `p7-test-${process.pid}`
  console.log(`Container ${what}:`)
  await step('port is free', expectFreePort)
  try {
    await docker('run', '-d', '-p', '9092:9092', ...options, `--name=${name}`, image)
    await step('broker can be reached', checkBroker)
    await check(name)
    await step('stopped cleanly', () => stop(name))
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

async function stop(name: string): Promise<string> {
  const begin = performance.now()
  await docker('stop', name)
  assert.ok(performance.now() - begin < 8000, 'the container took more than 8 s to stop')
  const [{ State: state }] = JSON.parse(await docker('inspect', name))
  assert.equal(state.ExitCode, 0)
  return `exit code ${state.ExitCode}`
}

/** Runs one check, and prints what it saw and how long it took. */
export async function step(what: string, check: () => Promise<string>): Promise<void> {
  const begin = performance.now()
  const seen = await check()
  console.log(`  ${what}: ${seen} (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
}
