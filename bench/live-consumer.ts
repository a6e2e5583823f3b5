import { once } from 'node:events'
import { readFileSync, watch } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatingError } from '../files/lib/core/program.ts'
import { type Child, startChild } from '../processes/child.ts'
import type { History } from './history.ts'
import { consumerOf, offsetIn } from './our-programs.ts'
import type { Setup } from './setup.ts'

const deadlineMs = 30_000

/** Starts our consumer of all partitions and lets it run, with further variables of the environment if need be. */
export function startConsumer(
  setup: Setup,
  { topic, folder }: History,
  further: NodeJS.ProcessEnv = {},
): Promise<Child> {
  const { args, environment } = consumerOf(setup, topic, folder)
  return startChild({ command: process.execPath, args, environment: { ...environment, ...further } })
}

/** The offsets in the partition files. */
export function offsetsIn(folder: string): number[] {
  return [0, 1, 2, 3].map((partition) => offsetIn(folder, partition))
}

/** Waits, without a load of its own, until the partition files are as `isReached` wants them. */
export async function whenOffsets(folder: string, isReached: (offsets: number[]) => boolean): Promise<void> {
  const over = new AbortController()
  // The folder and not the file: each new version is another file, renamed.
  const watcher = watch(folder)
  try {
    const timer = sleep(deadlineMs, 'late', { signal: over.signal }).catch(() => 'over')
    while (!isReached(offsetsIn(folder))) {
      if ((await Promise.race([once(watcher, 'change', { signal: over.signal }), timer])) === 'late')
        throw new OperatingError(
          `${folder}: the consumer did not write what was expected within ${deadlineMs} ms`,
        )
    }
  } finally {
    watcher.close()
    over.abort()
  }
}

/** Seconds of processor time that a process has used so far. Linux only. */
export function processorSeconds(pid: number): number {
  // After the name in parentheses, which may hold spaces, fields 14 and 15 of proc(5): ticks of 10 ms.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
