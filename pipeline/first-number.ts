import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readIfPresent } from '../files/lib/core/read-if-present.ts'
import { partitionPaths } from '../files/lib/engine/partition-paths.ts'
import { partitions } from '../files/lib/weather/partitions.ts'

/**
 * Says when the first record of this run was counted, which is when the page shows its number.
 *
 * @param beginMs when the run began, in milliseconds since 1970
 */
export async function tellFirstNumber(
  directory: string,
  beginMs: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !partitions.some((partition) => hasCounted(directory, partition, beginMs))) {
    await sleep(20, undefined, { signal }).catch(() => {}) // An abort ends the loop.
  }
  if (!signal.aborted) say(`First number on the page after ${((Date.now() - beginMs) / 1000).toFixed(1)} s.`)
}

function hasCounted(directory: string, partition: number, sinceMs: number): boolean {
  const { file } = partitionPaths(directory, partition)
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return written >= sinceMs && /"offset": [1-9]/.test(readIfPresent(file) ?? '')
}
