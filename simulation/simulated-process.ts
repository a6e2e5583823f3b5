import { EventEmitter } from 'node:events'
import { inspect } from 'node:util'
import { type Clock, type Owner, phases, type Scheduled } from './clock.ts'
import type { Random } from './random.ts'
import type { Trace } from './trace.ts'

export type ProcessOptions = {
  clock: Clock
  trace: Trace
  /** Tells of its end, whatever ended it. */
  onEnd: (process: SimulatedProcess) => void
  name: string
  pid: number
  argv: string[]
  env: Record<string, string>
  random: Random
}

/** Ends whatever a process was about to do when it was killed: none of its calls has an effect any more. */
export class Killed extends Error {
  override name = 'Killed'
}

/** Something that is to befall a process at one of its calls to the disk. */
export type Ambush = {
  /** Calls to the disk that still go well. */
  callsLeft: number
  /** Before the call, half-way through it, or after it. */
  when: 'before' | 'half-way' | 'after'
  act: () => void
}

/** By which its own end is told from one that befell it. */
export type End = { code: number; by: 'itself' | 'a signal' | 'a kill' }

/** A process of the world: its timers, its sockets, its clocks, its output and its end. */
export class SimulatedProcess implements Owner {
  readonly name: string
  readonly pid: number
  readonly argv: string[]
  readonly env: Record<string, string>
  readonly clock: Clock
  readonly random: Random
  readonly startedAt: number
  readonly signals = new EventEmitter()
  /** Its open connections, each with what the kernel does to it at the end. */
  readonly sockets = new Set<{ drop: () => void }>()
  /** What it has printed on standard error and standard output. */
  stderr = ''
  stdout = ''
  exitCode: number | undefined
  end: End | undefined
  /** Milliseconds since the world began. */
  endedAt = Number.POSITIVE_INFINITY
  /** Until when it does nothing: it waits for the disk, or was stopped by SIGSTOP. */
  busyUntil = 0
  /** By how much the wall clock differs from the world's, in milliseconds. */
  wallOffsetMs = 0
  ambush: Ambush | undefined
  readonly #trace: Trace
  readonly #onEnd: (process: SimulatedProcess) => void
  readonly #timers = new Set<SimulatedTimer>()
  #isMainOver = false

  constructor(options: ProcessOptions) {
    this.name = options.name
    this.pid = options.pid
    this.argv = options.argv
    this.env = options.env
    this.random = options.random
    this.clock = options.clock
    this.#trace = options.trace
    this.#onEnd = options.onEnd
    this.startedAt = this.clock.now
  }

  get hasEnded(): boolean {
    return this.end !== undefined
  }

  /** Milliseconds since the world began, as this process sees it: later than the world while a call takes its time. */
  get now(): number {
    return Math.max(this.clock.now, this.busyUntil)
  }

  /** Runs a program in this process, after the time that it takes to load. */
  start(main: () => Promise<void>, loadMs: number): void {
    const end = () => {
      this.#isMainOver = true
    }
    const run = () => void main().then(end, (error: unknown) => this.crash(error))
    this.clock.after(loadMs, run, this)
  }

  /** Runs a part of the program that something made due. */
  take(run: () => void): void {
    current = this
    try {
      run()
    } catch (error) {
      this.crash(error)
    }
  }

  /** As Node does when nothing is left that could happen: ends the process. */
  endTurn(): void {
    if (this.hasEnded || this.sockets.size > 0) return
    for (const timer of this.#timers) if (timer.isRef) return
    // 13: `await` at the top of the program that nothing will ever end.
    this.#finish({ code: this.#isMainOver ? (this.exitCode ?? 0) : 13, by: 'itself' })
  }

  /** Ends it by an error that nobody caught. */
  crash(error: unknown): void {
    if (this.hasEnded || error instanceof Killed) return
    this.print('stderr', `${inspect(error)}\n`)
    this.#finish({ code: 1, by: 'itself' })
  }

  /** Ends it where it stands: its calls have no effect any more. */
  kill(): void {
    this.#finish({ code: 137, by: 'a kill' })
  }

  /** What `process.exit()` does. */
  exit(code = this.exitCode ?? 0): never {
    this.#finish({ code, by: 'itself' })
    throw new Killed()
  }

  /** Sends a signal; one that nobody listens to ends it. */
  signal(name: string): void {
    this.wasAsked = true
    this.clock.after(0, () => this.signals.emit(name) || this.#finish({ code: 143, by: 'a signal' }), this)
  }
  /** Whether it was asked to stop. */
  wasAsked = false

  /** Throws when it was killed: whatever still runs of it is a ghost. */
  expectAlive(): void {
    if (this.hasEnded) throw new Killed()
  }

  /** Lets a call take its time, in which the process does nothing else. */
  spend(ms: number): void {
    this.busyUntil = this.now + ms
  }

  print(stream: 'stderr' | 'stdout', text: string): void {
    this.expectAlive()
    this[stream] += text
    for (const line of text.split('\n')) if (line) this.#trace.note(this.name, `says: ${line}`)
  }

  /** Whether the timer keeps the process from ending is the timer's own matter. */
  remember(timer: SimulatedTimer): void {
    this.#timers.add(timer)
  }

  forget(timer: SimulatedTimer): void {
    this.#timers.delete(timer)
  }

  #finish(end: End): void {
    if (this.hasEnded) return
    this.end = end
    this.endedAt = this.clock.now
    this.#trace.note(this.name, `ends by ${end.by}, exit code ${end.code}`)
    for (const timer of this.#timers) timer.stop()
    for (const socket of [...this.sockets]) socket.drop()
    this.#onEnd(this)
  }
}

let current: SimulatedProcess | undefined

/** The process whose code runs. */
export function currentProcess(): SimulatedProcess {
  if (!current) throw new Error('No simulated process runs')
  return current
}

/** What `setTimeout`, `setInterval` and `setImmediate` return. */
export class SimulatedTimer {
  isRef = true
  readonly #process: SimulatedProcess
  readonly #run: () => void
  /** 0 for an immediate, which comes after all timers and input of the same moment. */
  readonly #delayMs: number
  readonly #isRepeated: boolean
  #scheduled: Scheduled

  constructor(process: SimulatedProcess, run: () => void, delayMs: number, isRepeated = false) {
    process.expectAlive()
    this.#process = process
    this.#run = run
    this.#delayMs = delayMs
    this.#isRepeated = isRepeated
    this.#scheduled = this.#schedule()
  }

  ref(): this {
    this.isRef = true
    return this
  }

  unref(): this {
    this.isRef = false
    return this
  }

  hasRef(): boolean {
    return this.isRef
  }

  /** Begins to wait anew, also once it has fired. */
  refresh(): this {
    this.#scheduled.isCancelled = true
    this.#scheduled = this.#schedule()
    return this
  }

  stop(): void {
    this.#scheduled.isCancelled = true
    this.#process.forget(this)
  }

  #schedule(): Scheduled {
    const process = this.#process
    const { clock } = process
    process.remember(this)
    const fire = () => {
      if (this.#isRepeated) this.#scheduled = this.#schedule()
      else process.forget(this)
      this.#run()
    }
    if (this.#delayMs === 0) return clock.after(0, fire, process, phases.immediate)
    const lateMs = process.random.between(0, 1.2)
    return clock.after(process.now - clock.now + this.#delayMs + lateMs, fire, process, phases.timer)
  }
}
