import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { waitFor } from './wait-for.ts'

const filesFolder = join(import.meta.dirname, '../../files')

/** A program of ours running as a child process, with all it has printed so far. */
export type RunningProgram = {
  child: ChildProcess
  stdout: () => string
  stderr: () => string
  /** Resolves when the process has ended and its output is complete. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/**
 * Starts `files/<name>` under Node as a user would; the test's end kills it.
 *
 * @param environment what to set on top of this process's environment
 */
export function startProgram(
  t: TestContext,
  name: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): RunningProgram {
  return watch(t, spawn(process.execPath, [join(filesFolder, name), ...args], childOptions(environment)))
}

/**
 * Starts npm in a process group of its own, as a terminal does; the test's end kills the whole group.
 *
 * @param environment what to set on top of this process's environment
 */
export function startNpm(
  t: TestContext,
  args: readonly string[],
  environment: Record<string, string> = {},
): RunningProgram {
  const options = { ...childOptions(environment), cwd: dirname(filesFolder), detached: true }
  const npm = spawn('npm', ['--silent', ...args], options)
  return watch(t, npm, () => killGroup(npm.pid!))
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // All of it has ended.
  }
}

function childOptions(environment: Record<string, string>) {
  return { env: { ...process.env, ...environment, NODE_TEST_CONTEXT: undefined } }
}

function watch(
  t: TestContext,
  child: ChildProcessWithoutNullStreams,
  kill: () => unknown = () => child.kill('SIGKILL'),
): RunningProgram {
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text))
  child.stdin.on('error', () => {}) // The program may end without having read its input.
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  t.after(async () => {
    kill()
    await ended
  })
  return { child, stdout: () => output.stdout, stderr: () => output.stderr, ended }
}

/** Starts a program with nothing to wait for, and returns what it printed and its exit code. */
export async function runProgram(...parameters: Parameters<typeof startProgram>) {
  const program = startProgram(...parameters)
  program.child.stdin?.end()
  const { code, signal } = await program.ended
  return { code, signal, stdout: program.stdout(), stderr: program.stderr() }
}

/** The same for one that might never end by itself, or wait for ever: it is given a minute. */
export async function runToEnd(...parameters: Parameters<typeof startProgram>) {
  const program = startProgram(...parameters)
  program.child.stdin?.end()
  let end: Awaited<typeof program.ended> | undefined
  program.ended.then((how) => (end = how))
  const { code, signal } = await waitFor(`${parameters[1]} to end`, () => end, 60_000).catch((error) => {
    throw new Error(`${error.message}; it printed:\n${program.stdout()}${program.stderr()}`)
  })
  return { code, signal, stdout: program.stdout(), stderr: program.stderr() }
}

/** Makes a folder of the test's own, removed at its end. */
export async function temporaryFolder(t: TestContext, parent = tmpdir()): Promise<string> {
  const path = await mkdtemp(join(parent, 'almanac-test-'))
  // It goes before the programs that were started after it, which may still write in it.
  t.after(() => rm(path, { recursive: true, force: true, maxRetries: 10 }))
  return path
}
