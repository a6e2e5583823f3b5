/* What a program finds without importing it, as the process has it whose code runs. */
import { format } from 'node:util'
import { currentProcess, SimulatedTimer } from '../simulated-process.ts'

const RealDate = globalThis.Date
const epoch = RealDate.UTC(2026, 0, 1)

function wallClock(): number {
  const process = currentProcess()
  process.expectAlive()
  return Math.floor(epoch + process.now + process.wallOffsetMs)
}

class SimulatedDate extends RealDate {
  constructor(...values: unknown[]) {
    super(...((values.length === 0 ? [wallClock()] : values) as [number]))
  }

  static override now(): number {
    return wallClock()
  }
}

const SimulatedMath: typeof globalThis.Math = Object.defineProperties(
  {},
  Object.getOwnPropertyDescriptors(globalThis.Math),
) as typeof globalThis.Math
SimulatedMath.random = () => currentProcess().random.between(0, 1)

export { SimulatedDate as Date, SimulatedMath as Math }

export const performance = {
  now: (): number => {
    const process = currentProcess()
    process.expectAlive()
    return process.now - process.startedAt
  },
}

// Node's timers know whole milliseconds, from 1 to 2^31 - 1; anything else is 1.
const wholeDelay = (ms: number) => (ms >= 1 && ms < 2 ** 31 ? Math.trunc(ms) : 1)

/** Node keeps each signal that `any` makes until it aborts, and with it whatever a killed process was: this one does not. */
export const AbortSignal = {
  any: (signals: readonly globalThis.AbortSignal[]): globalThis.AbortSignal => {
    const any = new AbortController()
    for (const signal of signals) {
      if (signal.aborted) any.abort(signal.reason)
      signal.addEventListener('abort', () => any.abort(signal.reason), { once: true })
    }
    return any.signal
  },
}

type Callback = (...values: unknown[]) => void

export function setTimeout(run: Callback, ms = 1, ...values: unknown[]): SimulatedTimer {
  return new SimulatedTimer(currentProcess(), () => run(...values), wholeDelay(ms))
}

export function setInterval(run: Callback, ms = 1, ...values: unknown[]): SimulatedTimer {
  return new SimulatedTimer(currentProcess(), () => run(...values), wholeDelay(ms), true)
}

export function setImmediate(run: Callback, ...values: unknown[]): SimulatedTimer {
  return new SimulatedTimer(currentProcess(), () => run(...values), 0)
}

export function clearTimeout(timer?: SimulatedTimer): void {
  timer?.stop()
}

export { clearTimeout as clearImmediate, clearTimeout as clearInterval }

export const console = {
  log: (...values: unknown[]) => currentProcess().print('stdout', `${format(...values)}\n`),
  error: (...values: unknown[]) => currentProcess().print('stderr', `${format(...values)}\n`),
}

const output = (stream: 'stderr' | 'stdout') => ({
  isTTY: false,
  columns: 80,
  on: () => {}, // Whoever reads it never goes away.
  write: (text: string) => currentProcess().print(stream, text),
})

export const process = {
  stdout: output('stdout'),
  stderr: output('stderr'),
  get argv() {
    return currentProcess().argv
  },
  get env() {
    return currentProcess().env
  },
  get pid() {
    return currentProcess().pid
  },
  get exitCode() {
    return currentProcess().exitCode
  },
  set exitCode(code: number | undefined) {
    currentProcess().exitCode = code
  },
  exit: (code?: number) => currentProcess().exit(code),
  on: (name: string, listener: () => void) => currentProcess().signals.on(name, listener),
  off: (name: string, listener: () => void) => currentProcess().signals.off(name, listener),
}
