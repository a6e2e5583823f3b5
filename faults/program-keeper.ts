import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Notice } from '../files/lib/core/notice.ts'
import { programCommand } from '../pipeline/start-program.ts'
import { type Child, type Exit, startChild } from '../processes/child.ts'

/** A program that is started again as soon as it ends. */
export type Keeper = {
  /** The running process; waits for one when there is none. */
  running: () => Promise<Life>
  /** Says that the next end is our doing, so that it is not held against the program. */
  expectEnd: () => void
  /** Stops it by SIGTERM; it is not started again before `resume`. Resolves with how it ended. */
  pause: () => Promise<Exit>
  /** Starts a paused program. */
  resume: () => void
  /** Ends it for good. */
  close: () => Promise<void>
}

/** One process of a program. */
export type Life = { child: Child; startedAt: number; hasEnded: boolean }

type KeeperOptions = {
  file: string
  /** Asked for at each start. */
  args: () => readonly string[]
  environment: NodeJS.ProcessEnv
  /** Told of each line that it prints. */
  onLine: (line: string) => void
  /** Told of each notice of its. */
  onNotice: (notice: Notice) => void
  /** Told of each end that was not our doing. */
  onEnd: (exit: Exit, tail: readonly string[]) => void
}

const clockJump = pathToFileURL(join(import.meta.dirname, 'clock-jump.ts')).href
const stopGraceMs = 15_000

type State = {
  life: Life | undefined
  next: PromiseWithResolvers<Life>
  isPaused: boolean
  isEndExpected: boolean
}

/** Makes a keeper; `resume` starts its program for the first time. */
export function keepProgram(options: KeeperOptions): Keeper {
  const state: State = {
    life: undefined,
    next: Promise.withResolvers(),
    isPaused: true,
    isEndExpected: false,
  }
  return {
    running: () => state.next.promise,
    expectEnd: () => {
      state.isEndExpected = true
    },
    pause: async () => {
      state.isPaused = true
      if (!state.life || state.life.hasEnded) return { code: 0, signal: null }
      return state.life.child.stop(stopGraceMs)
    },
    resume: () => {
      state.isPaused = false
      void keepRunning(state, options)
    },
    close: async () => {
      state.isPaused = true
      await state.life?.child.kill()
    },
  }
}

async function keepRunning(state: State, options: KeeperOptions): Promise<void> {
  while (!state.isPaused) {
    const child = await start(options)
    const life: Life = { child, startedAt: Date.now(), hasEnded: false }
    state.life = life
    state.isEndExpected = false
    state.next.resolve(life)
    if (state.isPaused) child.kill()
    const exit = await child.exited
    life.hasEnded = true
    state.next = Promise.withResolvers()
    if (state.isPaused || state.isEndExpected) continue
    options.onEnd(exit, child.tail())
    await sleep(500) // One that cannot run must not be started without end.
  }
}

function start({ file, args, environment, onLine, onNotice }: KeeperOptions): Promise<Child> {
  const { command, args: own } = programCommand(file, args())
  return startChild({ command, args: ['--import', clockJump, ...own], environment, onLine, onNotice })
}
