import { setTimeout as sleep } from 'node:timers/promises'
import { OperatingError } from '../files/lib/core/program.ts'
import type { Exit } from '../processes/child.ts'

/** What is supervised: a child of child.ts, or a broker. */
export type Process = {
  pid: number
  exited: Promise<Exit>
  stop: () => Promise<Exit>
  /** Ends it by SIGKILL. */
  kill: () => Promise<Exit>
}

/** A process that is started again whenever it dies. */
export type Supervised = {
  /** The process that runs now, or ran last. */
  process: () => Process
  /** Stops it for good. Resolves when it has ended. */
  stop: () => Promise<void>
  /**
   * Resolves when it has ended for good: stopped, or finished. Rejects when it refused what it was given (exit code 2),
   * for then another start would end the same way.
   */
  ended: Promise<void>
}

/** What is supervised, and how it is started. */
export type Job = {
  name: string
  start: () => Promise<Process>
  /** Whether it may come to an end of its own: twice exit code 0, soon after each other. */
  mayFinish?: boolean
  /** How long to wait before each start again, for one that is killed on purpose; without it ever longer. */
  steadyWaitMs?: number
  /** Told of each start and each end, a line at a time. */
  say: (line: string) => void
}

const shortestWaitMs = 500
const longestWaitMs = 10_000
// One that ran for this long is thought to be well: its next death is no repetition of the last.
const wellAfterMs = 30_000

/**
 * Starts a process and starts it again whenever it ends: after half a second, and after twice the last wait, up to
 * 10 s, when it ends soon again. Exit code 0 may mean that somebody stopped it, so it is started again then too; one
 * that may finish has done so when that ends with 0 as well, and soon.
 *
 * @throws what the first start throws; failures of later ones are told and tried again
 */
export async function supervise(job: Job): Promise<Supervised> {
  const stopping = new AbortController()
  const running = { process: await job.start() }
  job.say(`${job.name}: started (pid ${running.process.pid}).`)
  const ended = keepRunning(job, running, stopping.signal)
  ended.catch(() => {}) // Whoever supervises may look at it later, or never.
  const stop = async () => {
    stopping.abort()
    await running.process.stop()
    await ended.catch(() => {})
    job.say(`${job.name}: stopped.`)
  }
  return { process: () => running.process, stop, ended }
}

async function keepRunning(job: Job, running: { process: Process }, stopping: AbortSignal): Promise<void> {
  const { steadyWaitMs } = job
  let [waitMs, endedWell] = [steadyWaitMs ?? shortestWaitMs, false]
  for (;;) {
    const begin = performance.now()
    const exit = await running.process.exited
    if (stopping.aborted) return
    if (exit.code === 2)
      throw new OperatingError(`${job.name}: exited with a usage error (code 2); see above.`)
    const wasWell = performance.now() - begin >= wellAfterMs
    if (job.mayFinish && exit.code === 0 && endedWell && !wasWell) return job.say(`${job.name}: finished.`)
    if (wasWell) waitMs = steadyWaitMs ?? shortestWaitMs
    job.say(`${job.name}: ${describe(exit)}; starting it again in ${waitMs / 1000} s.`)
    const next = await startAgain(job, waitMs, stopping)
    if (!next) return
    running.process = next
    // stop() may have come when it saw only the last one.
    if (stopping.aborted) return void (await next.stop())
    job.say(`${job.name}: started again (pid ${next.pid}).`)
    waitMs = steadyWaitMs ?? Math.min(waitMs * 2, longestWaitMs)
    endedWell = exit.code === 0
  }
}

/** Undefined when it is to be stopped meanwhile. */
async function startAgain(job: Job, waitMs: number, stopping: AbortSignal): Promise<Process | undefined> {
  for (;;) {
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => {})
    if (stopping.aborted) return undefined
    try {
      return await job.start()
    } catch (error) {
      if (stopping.aborted) return undefined
      if (!(error instanceof OperatingError)) throw error
      job.say(`${job.name}: ${error.message}`)
    }
  }
}

function describe({ code, signal }: Exit): string {
  return signal ? `ended by ${signal}` : `ended with exit code ${code}`
}
