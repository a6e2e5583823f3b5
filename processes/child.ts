import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Notice } from '../files/lib/core/notice.ts'
import { OperatingError } from '../files/lib/core/program.ts'

/** What to start, and how. */
export type ChildOptions = {
  command: string
  args: readonly string[]
  /** The child's whole environment; this process's own unless given. */
  environment?: NodeJS.ProcessEnv
  /** The child's working directory; this process's own unless given. */
  directory?: string
  /** Linux, for root only: run as this user and group, `name`, `name:group` or numbers, with no other groups. */
  user?: string | undefined
  /** Whether all else goes before it on a busy machine. */
  isBackground?: boolean
  /** Called with each line the child prints, without its line end. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
  /** Called with each notice of a program of ours; with it, the child has a channel to us. */
  onNotice?: (notice: Notice) => void
}

/** How a process ended: its exit code, or the signal that ended it. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** A running child process. */
export type Child = {
  pid: number
  /** Resolves, never rejects, when the process has ended and its output has been seen. */
  exited: Promise<Exit>
  /** The last lines it printed, standard output and error mixed, at most 200. */
  tail: () => readonly string[]
  /** Asks it to end by SIGTERM, and ends it by SIGKILL after `graceMs`. Resolves when it has ended. */
  stop: (graceMs: number) => Promise<Exit>
  /** Ends it by SIGKILL. Resolves when it has ended. */
  kill: () => Promise<Exit>
}

const tailLines = 200
const lateOutputMs = 500

/**
 * Starts a child process; every one of this project is started here.
 *
 * It is detached, so that a terminal's Ctrl-C reaches only us and we decide in which order things stop. On Linux the
 * kernel kills it when we end, even when we are killed: `setpriv --pdeathsig` ties it to the *thread* that starts it,
 * so call this from the main thread. Elsewhere a child outlives a parent that was killed.
 *
 * @throws OperatingError when the process cannot be started
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const [command, ...args] = commandLine(options)
  const spawned = spawn(command!, args, {
    env: options.environment,
    cwd: options.directory,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(options.onNotice ? (['ipc'] as const) : [])],
  }) as ChildProcessByStdio<null, Readable, Readable>
  if (options.onNotice) spawned.on('message', options.onNotice)
  const lines: string[] = []
  for (const name of ['stdout', 'stderr'] as const) {
    readLines(spawned[name], (line) => {
      lines.push(line)
      if (lines.length > tailLines) lines.shift()
      options.onLine?.(line, name)
    })
  }
  const exited = whenExited(spawned)
  try {
    await once(spawned, 'spawn')
  } catch (cause) {
    const help = command === 'setpriv' ? ' setpriv comes with the package util-linux.' : ''
    throw new OperatingError(`${command} cannot be started: ${(cause as Error).message}.${help}`, { cause })
  }
  if (options.isBackground) yieldToAll(spawned.pid!)
  return { pid: spawned.pid!, exited, tail: () => lines, ...endings(spawned, exited) }
}

function yieldToAll(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch (error) {
    if ((error as { info?: { code?: string } }).info?.code !== 'ESRCH') throw error // It has ended already.
  }
}

/** When a process has ended and its output is read; a child of its own may hold that open, and is not waited for. */
function whenExited(spawned: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    spawned.once('exit', (code, signal) => {
      const timer = setTimeout(() => {
        spawned.stdout?.destroy()
        spawned.stderr?.destroy()
      }, lateOutputMs)
      spawned.once('close', () => {
        clearTimeout(timer)
        resolve({ code, signal })
      })
    })
  })
}

function endings(spawned: ChildProcess, exited: Promise<Exit>): Pick<Child, 'stop' | 'kill'> {
  const kill = () => {
    spawned.kill('SIGKILL')
    return exited
  }
  const stop = (graceMs: number) => {
    spawned.kill('SIGTERM')
    const timer = setTimeout(kill, graceMs)
    return exited.finally(() => clearTimeout(timer))
  }
  return { stop, kill }
}

function commandLine({ command, args, user }: ChildOptions): string[] {
  if (process.platform !== 'linux') return [command, ...args]
  return ['setpriv', '--pdeathsig', 'KILL', ...identity(user), '--', command, ...args]
}

function identity(user: string | undefined): string[] {
  if (!user) return []
  const [name, group = name] = user.split(':')
  return ['--reuid', name!, '--regid', group!, '--clear-groups']
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine)
}
