import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutation } from './mutations.ts'

/** How a test ended: which of those that were asked for failed, and how many passed. */
export type Outcome = { failed: string[]; passed: number; isTimedOut: boolean; output: string }

const deadlineMs = 900_000

/** The text with the mutation made. @throws when the text to be replaced is not there exactly once */
export function mutate(text: string, { what, path, search, replace }: Mutation): string {
  const parts = text.split(search)
  if (parts.length === 2) return parts.join(replace)
  throw new Error(
    `${path}: for '${what}', this is there ${parts.length - 1} times, expected once:\n${search}`,
  )
}

/** Makes the mutation in a copy of the tree, runs its test there, and undoes it. @throws the signal's reason */
export async function runMutation(tree: string, mutation: Mutation, signal: AbortSignal): Promise<Outcome> {
  const path = join(tree, mutation.path)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, mutate(text, mutation))
  try {
    return await runTest(tree, mutation, signal)
  } finally {
    writeFileSync(path, text)
  }
}

/** Runs a mutation's test in a copy of the tree as that is. @throws the signal's reason when that aborts */
export async function runTest(
  tree: string,
  { test, name, skip, needsBroker }: Mutation,
  signal: AbortSignal,
): Promise<Outcome> {
  signal.throwIfAborted()
  const setUp = needsBroker ? ['--test-global-setup=test/support/global-setup.ts'] : []
  const names = [...(skip ? [`--test-skip-pattern=${skip}`] : [`--test-name-pattern=${asPattern(name)}`])]
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', ...setUp, ...names, test], {
    cwd: tree,
    // A tenth of the cases will do to find what is broken in each.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, FUZZ_CASES: '100000' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // A group of its own, so that all of it can be ended.
  })
  let [output, isTimedOut] = ['', false]
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text))
  const kill = () => process.kill(-child.pid!, 'SIGKILL')
  const timer = setTimeout(() => {
    isTimedOut = true
    kill()
  }, deadlineMs)
  signal.addEventListener('abort', kill)
  await new Promise((resolve) => child.once('close', resolve))
  signal.removeEventListener('abort', kill)
  clearTimeout(timer)
  signal.throwIfAborted()
  const results = [...output.matchAll(/^ *(not )?ok \d+ - (.*?)(?<isSkipped> # SKIP.*)?$/gm)]
  const asked = results.filter(([, , found, isSkipped]) => found!.includes(name) && !isSkipped)
  const failed = asked.filter(([, not]) => not).map(([, , found]) => found!)
  return { failed, passed: asked.length - failed.length, isTimedOut, output }
}

function asPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
