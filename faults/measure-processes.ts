import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a process had in a quiet gap: the median of its memory, and the most file descriptors. */
export type Measure = { name: string; pid: number; megabytes: number; descriptors: number }

/** How a process that lived for long came through: its first measure that counts, and its last. */
export type Growth = {
  name: string
  pid: number
  gaps: number
  first: Measure
  last: Measure
  isTooMuch: boolean
}

const everyMs = 1000
// A Node process at work wanders by so much, and a state of some hundred years more takes a few.
const megabytesMax = 40
const descriptorsMax = 8

/**
 * Measures processes for a while, by Linux's /proc.
 *
 * @param processes pids by name
 */
export async function measureProcesses(
  processes: Readonly<Record<string, number>>,
  forMs: number,
  signal: AbortSignal,
): Promise<Measure[]> {
  const samples: Measure[] = []
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    for (const [name, pid] of Object.entries(processes)) samples.push({ name, pid, ...sample(pid) })
    await sleep(everyMs, undefined, { signal })
  }
  return [...Map.groupBy(samples, ({ name }) => name).values()].map((own) => ({
    ...own[0]!,
    megabytes: own.map(({ megabytes }) => megabytes).sort((a, b) => a - b)[own.length >> 1]!,
    descriptors: Math.max(...own.map(({ descriptors }) => descriptors)),
  }))
}

function sample(pid: number) {
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return { megabytes: Math.round(kilobytes / 1024), descriptors: readdirSync(`/proc/${pid}/fd`).length }
}

/**
 * Judges growth over the gaps: of each process that lived through three at least, the second against the last, for the
 * first has what a start leaves behind.
 *
 * @param isJudged whether a process of that name may not grow; the others are listed only
 */
export function judgeGrowth(measures: readonly Measure[], isJudged: (name: string) => boolean): Growth[] {
  const lives = [...Map.groupBy(measures, ({ pid }) => pid).values()].filter(({ length }) => length >= 3)
  return lives.map((own) => {
    const [first, last] = [own[1]!, own.at(-1)!]
    const hasGrown =
      last.megabytes - first.megabytes > megabytesMax || last.descriptors - first.descriptors > descriptorsMax
    const isTooMuch = hasGrown && isJudged(first.name)
    return { name: first.name, pid: first.pid, gaps: own.length, first, last, isTooMuch }
  })
}
