import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { OperatingError } from '../files/lib/core/program.ts'
import type { Observed } from './observe.ts'
import { findResult, runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

const observer = join(import.meta.dirname, 'observe.ts')
const inFiles = (name: string) => join(import.meta.dirname, '../files', name)
const partitions: readonly number[] = [0, 1, 2, 3]

/** How a consumer did, from its start to the end of the log. */
export type CatchUp = {
  /** From the start of the processes to the end of the last. */
  wholeMs: number
  /** From the first fetch request to the moment the last partition file was durable. */
  foldMs: number
  /** Of the process that had most. */
  peakMegabytes: number
}

/** All partitions, kept by one consumer. */
export const oneConsumer = [partitions]

/** The same by two, as `npm start` shares them out. */
export const twoConsumers = [
  [0, 2],
  [1, 3],
]

/** The environment and arguments of our consumer, as a user sets them; of all partitions unless told otherwise. */
export function consumerOf(
  setup: Setup,
  topic: string,
  directory: string,
  share: readonly number[] = partitions,
) {
  return {
    environment: environmentOf(setup, topic, directory),
    args: [inFiles('consumer.ts'), ...share.map(String)],
  }
}

/** Runs our consumer as its user starts it, or several that share the partitions, in a folder, to the end of the log. */
export async function catchUp(
  setup: Setup,
  topic: string,
  directory: string,
  shares: readonly (readonly number[])[] = oneConsumer,
): Promise<CatchUp> {
  const begin = performance.now()
  const observed = await Promise.all(
    shares.map((share) => {
      const { environment, args } = consumerOf(setup, topic, directory, share)
      return observe(setup, [...args, '--exit-at-end'], environment)
    }),
  )
  const wholeMs = performance.now() - begin
  const firstFetchAt = Math.min(...observed.map((one) => one.firstFetchAt!))
  const durableAt = observed.map(({ lastDurableAt }) => {
    if (lastDurableAt !== null) return lastDurableAt
    throw new OperatingError(`${directory}: a consumer wrote no partition file.`)
  })
  const peakMegabytes = Math.max(...observed.map((one) => one.peakMegabytes))
  return { wholeMs, foldMs: Math.max(...durableAt) - firstFetchAt, peakMegabytes }
}

/**
 * Runs our verify.ts over the partition files in a folder.
 *
 * @returns milliseconds from the first fetch request to its end, and its peak memory
 * @throws OperatingError when a file does not agree with the log
 */
export async function verify(setup: Setup, topic: string, directory: string) {
  const environment = environmentOf(setup, topic, directory)
  const { firstFetchAt, endedAt, peakMegabytes } = await observe(setup, [inFiles('verify.ts')], environment)
  return { ms: endedAt - firstFetchAt!, peakMegabytes }
}

/** The offset in a partition file. Its first bytes are enough: it stands before the stats. */
export function offsetIn(directory: string, partition: number): number {
  const file = openSync(join(directory, `partition-${partition}.json`), 'r')
  try {
    const start = Buffer.alloc(64)
    readSync(file, start)
    return Number(/"offset": (\d+)/.exec(start.toString('latin1'))![1])
  } finally {
    closeSync(file)
  }
}

/** Compiled modules are kept from one start to the next, as in the user's own cache folder. */
function environmentOf({ address, folder }: Setup, topic: string, directory: string): NodeJS.ProcessEnv {
  const own = { KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, DATA_DIR: directory }
  return { ...process.env, ...own, ALMANAC_CACHE: join(folder, 'cache') }
}

async function observe({ signal }: Setup, program: readonly string[], environment: NodeJS.ProcessEnv) {
  const args = ['--import', observer, ...program]
  return findResult<Observed>(await runToEnd({ command: process.execPath, args, environment }, signal))
}
