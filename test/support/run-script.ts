import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryFolder } from './program.ts'

/** Address of a module of files/lib, for the import of a script of a test's own. */
export function libraryModule(name: string): string {
  return JSON.stringify(new URL(`../../files/lib/${name}`, import.meta.url).href)
}

/** A script that a test has written, running. */
export type RunningScript = {
  child: ChildProcess
  stdout: () => string
  stderr: () => string
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
}

/**
 * Writes a script to a folder of its own and runs it under Node; the test's end kills it.
 *
 * @param command what comes before the script's path; Node by default
 */
export async function startScript(
  t: TestContext,
  script: string,
  command: readonly string[] = [process.execPath],
): Promise<RunningScript> {
  const path = join(await temporaryFolder(t), 'script.ts')
  writeFileSync(path, script)
  const [program, ...args] = [...command, path]
  const child = spawn(program!, args, {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    stdio: 'pipe',
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text))
  const ended: RunningScript['ended'] = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, ...output }))
  })
  t.after(async () => {
    child.kill('SIGKILL')
    await ended.catch(() => {})
  })
  return { child, stdout: () => output.stdout, stderr: () => output.stderr, ended }
}

/**
 * Code for a script that calls `before(name, parameters)` ahead of each call to node:fs that changes something or makes
 * it durable; it begins to do so where it stands.
 *
 * @param before an expression: the function to call
 */
export function watchFileCalls(before: string): string {
  return `
  const { default: fs } = await import('node:fs')
  for (const name of ['openSync', 'writeFileSync', 'writevSync', 'fsyncSync', 'closeSync', 'renameSync', 'linkSync', 'mkdirSync']) {
    const call = fs[name]
    fs[name] = (...parameters) => {
      (${before})(name, parameters)
      return call(...parameters)
    }
  }
  ;(await import('node:module')).syncBuiltinESMExports()
  `
}
