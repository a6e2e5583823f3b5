/*
 * `npm run mutants`: breaks a copy of the tree in one place after the other, and has the test fail that should. What it
 * finds unbroken is named, and the exit code is 1. `npm run mutants -- WORDS` takes those whose name has these words.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../../files/lib/core/program.ts'
import { listFiles } from '../support/git.ts'
import { type Mutation, mutations } from './mutations.ts'
import { runMutation, runTest } from './run-mutation.ts'

const root = join(import.meta.dirname, '../..')

/** Copies all that is under version control or about to be. */
function copyTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'almanac-mutants-'))
  for (const path of listFiles()) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    copyFileSync(join(root, path), join(tree, path))
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

/** Each test must pass, and be there, as long as nothing is broken. */
async function expectSound(tree: string, chosen: readonly Mutation[], signal: AbortSignal): Promise<void> {
  const tests = new Map(chosen.map((mutation) => [`${mutation.test} ${mutation.name}`, mutation]))
  for (const mutation of tests.values()) {
    const { failed, passed, output } = await runTest(tree, mutation, signal)
    if (passed > 0 && failed.length === 0) continue
    throw new Error(`${mutation.test}: '${mutation.name}' does not pass with nothing broken:\n${output}`)
  }
  console.log(`${tests.size} tests pass with nothing broken.`)
}

/** Counts those that no test catches, after telling what became of each. */
async function countMissed(tree: string, chosen: readonly Mutation[], signal: AbortSignal): Promise<number> {
  let missed = 0
  for (const mutation of chosen) {
    const { failed, isTimedOut, output } = await runMutation(tree, mutation, signal)
    const isCaught = failed.length > 0
    if (!isCaught) missed++
    const by = failed[0] ?? (isTimedOut ? 'did not end' : mutation.name)
    console.log(`${isCaught ? 'caught' : 'MISSED'}: ${mutation.what} -> ${mutation.test}: ${by}`)
    if (!isCaught) console.log(output)
  }
  return missed
}

await run(async (signal) => {
  // What was broken off has proved nothing.
  signal.addEventListener('abort', () => (process.exitCode = 1), { once: true })
  const words = process.argv.slice(2).join(' ')
  const chosen = mutations.filter(({ what }) => what.includes(words))
  const tree = copyTree()
  try {
    await expectSound(tree, chosen, signal)
    const missed = await countMissed(tree, chosen, signal)
    console.log(`${chosen.length - missed} of ${chosen.length} breakages caught.`)
    process.exitCode = missed > 0 ? 1 : 0
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
})
