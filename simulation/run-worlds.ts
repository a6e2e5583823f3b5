import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import type { FaultKind } from './faults.ts'
import { loadPrograms } from './programs.ts'
import { type Outcome, runWorld } from './world.ts'

/** What came of many worlds. */
export type Summary = {
  first: number
  worlds: number
  failures: Outcome[]
  records: number
  judged: number
  /** In how many worlds each kind of fault has befallen something. */
  met: Map<FaultKind, number>
  /** How long the worlds were in their own time, and the run in ours, in milliseconds. */
  worldMs: number
  ms: number
}

export type RunOptions = {
  first: number
  worlds: number
  minutes?: number | undefined
  workers: number
  signal: AbortSignal
}

const failuresMax = 3
const progressMs = 1000

/** Runs worlds on several threads, showing how far it has come, until all are done or some have gone wrong. */
export async function runWorlds({ first, worlds, minutes, workers, signal }: RunOptions): Promise<Summary> {
  const begin = performance.now()
  const deadline = minutes === undefined ? Number.POSITIVE_INFINITY : begin + minutes * 60_000
  const summary: Summary = {
    first,
    worlds: 0,
    failures: [],
    records: 0,
    judged: 0,
    met: new Map(),
    worldMs: 0,
    ms: 0,
  }
  let next = first
  const end = minutes === undefined ? first + worlds : Number.POSITIVE_INFINITY
  const isOver = () =>
    signal.aborted || next >= end || performance.now() >= deadline || summary.failures.length >= failuresMax
  const show = () => process.stderr.isTTY && process.stderr.write(`\r${progress(summary, begin)}\x1b[K`)
  const timer = setInterval(show, progressMs)
  const work = async () => {
    const worker = new Worker(import.meta.filename, { resourceLimits: { maxYoungGenerationSizeMb: 128 } })
    try {
      while (!isOver()) take(summary, await ask(worker, next++))
    } finally {
      await worker.terminate()
    }
  }
  try {
    await Promise.all(Array.from({ length: workers }, work))
  } finally {
    clearInterval(timer)
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
  summary.ms = performance.now() - begin
  return summary
}

function ask(worker: Worker, seed: number): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  worker.once('message', resolve)
  worker.once('error', reject)
  worker.postMessage(seed)
  return promise.finally(() => worker.removeListener('error', reject))
}

function take(summary: Summary, outcome: Outcome): void {
  summary.worlds++
  summary.records += outcome.records
  summary.judged += outcome.judged
  summary.worldMs += outcome.ms
  for (const kind of outcome.met) summary.met.set(kind, (summary.met.get(kind) ?? 0) + 1)
  if (outcome.failure !== undefined) summary.failures.push(outcome)
}

function progress({ worlds, failures }: Summary, begin: number): string {
  const minutes = (performance.now() - begin) / 60_000
  return `${worlds} worlds, ${Math.round(worlds / minutes)} a minute, ${failures.length} went wrong`
}

if (!isMainThread) {
  const programs = await loadPrograms()
  parentPort!.on('message', async (seed: number) => {
    parentPort!.postMessage(await runWorld(seed, { programs }))
  })
}
