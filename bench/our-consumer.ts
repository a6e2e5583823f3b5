import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Observed } from './observe.ts'
import { findResult, runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

const observer = join(import.meta.dirname, 'observe.ts')
const consumer = join(import.meta.dirname, '../files/consumer.ts')
const partitions = [0, 1, 2, 3]

/** How a consumer did, from its start to the end of the log. */
export type CatchUp = {
  /** From the start of the process to its end. */
  wholeMs: number
  /** From the first fetch request to the moment the last partition file was durable. */
  foldMs: number
  peakMegabytes: number
}

/** The environment and arguments of our consumer of all partitions, as a user sets them. */
export function consumerOf({ address }: Setup, topic: string, directory: string) {
  return {
    environment: { ...process.env, KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, DATA_DIR: directory },
    args: [consumer, ...partitions.map(String)],
  }
}

/** Runs our consumer as its user starts it, in a folder, to the end of the log. */
export async function catchUp(setup: Setup, topic: string, directory: string): Promise<CatchUp> {
  const { environment, args } = consumerOf(setup, topic, directory)
  const begin = performance.now()
  const lines = await runToEnd(
    { command: process.execPath, args: ['--import', observer, ...args, '--exit-at-end'], environment },
    setup.signal,
  )
  const wholeMs = performance.now() - begin
  const { firstFetchAt, peakMegabytes } = findResult<Observed>(lines)
  return { wholeMs, foldMs: durableAt(directory) - firstFetchAt!, peakMegabytes }
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
