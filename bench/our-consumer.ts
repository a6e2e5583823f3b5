import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Observed } from './observe.ts'
import { findResult, runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

const observer = join(import.meta.dirname, 'observe.ts')
const consumer = join(import.meta.dirname, '../files/consumer.ts')
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
  { address }: Setup,
  topic: string,
  directory: string,
  share: readonly number[] = partitions,
) {
  return {
    environment: { ...process.env, KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, DATA_DIR: directory },
    args: [consumer, ...share.map(String)],
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
    shares.map(async (share) => {
      const { environment, args } = consumerOf(setup, topic, directory, share)
      const observedArgs = ['--import', observer, ...args, '--exit-at-end']
      const lines = await runToEnd(
        { command: process.execPath, args: observedArgs, environment },
        setup.signal,
      )
      return findResult<Observed>(lines)
    }),
  )
  const wholeMs = performance.now() - begin
  const firstFetchAt = Math.min(...observed.map((one) => one.firstFetchAt!))
  const peakMegabytes = Math.max(...observed.map((one) => one.peakMegabytes))
  return { wholeMs, foldMs: durableAt(directory) - firstFetchAt, peakMegabytes }
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

/** When the consumer wrote its status the last time, which it does as soon as the last partition file is durable. */
function durableAt(directory: string): number {
  return Math.max(
    ...partitions.map(
      (partition) => statSync(join(directory, '.almanac', `partition-${partition}.status.json`)).mtimeMs,
    ),
  )
}
