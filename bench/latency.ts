import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { partitionOf } from '../files/lib/produce/send.ts'
import type { History } from './history.ts'
import { offsetsIn, processorSeconds, startConsumer, whenOffsets } from './live-consumer.ts'
import { figureRow, type Measured, timeRow } from './report-table.ts'
import { quantile } from './rounds.ts'
import { whileSending } from './send-days.ts'
import type { Setup } from './setup.ts'

/** How long records take from acknowledged to visible, and what the consumer uses meanwhile. */
export type Latency = { visibleMs: number[]; bareMs: number[]; processorPercent: number }

const periodMs = 100

/**
 * Sends ten records a second to a consumer that has caught up, and watches each become visible in its partition file;
 * halfway to the next record, writes as many bytes by bare write, fsync and rename when asked to.
 */
export function measureLatency(setup: Setup, history: History, count: number, withBareWrites: boolean) {
  const { folder } = history
  return whileSending(setup, history, async (send) => {
    const latency: Latency = { visibleMs: [], bareMs: [], processorPercent: 0 }
    const consumer = await startConsumer(setup, history)
    try {
      const offsets = offsetsIn(folder)
      await warmUp(send, offsets, folder)
      const used = processorSeconds(consumer.pid)
      const begin = performance.now()
      const seen: Promise<void>[] = []
      for (let i = 1; i <= count; i++) {
        const partition = partitionOf((await send(1))[0]!)
        seen.push(noteVisible(latency.visibleMs, folder, partition, ++offsets[partition]!))
        await until(begin + (i - 0.5) * periodMs)
        if (withBareWrites) latency.bareMs.push(writeBare(folder, partition))
        await until(begin + i * periodMs)
      }
      await Promise.all(seen)
      const seconds = (performance.now() - begin) / 1000
      latency.processorPercent = ((processorSeconds(consumer.pid) - used) / seconds) * 100
    } finally {
      await consumer.stop(5000)
    }
    return latency
  })
}

async function noteVisible(into: number[], folder: string, partition: number, offset: number): Promise<void> {
  const acknowledgedAt = performance.now()
  await whenOffsets(folder, (now) => now[partition]! >= offset)
  into.push(performance.now() - acknowledgedAt)
}

function until(time: number): Promise<void> {
  return sleep(Math.max(time - performance.now(), 1))
}

/** The rows for a short history, held against bare writes, and for a long one. */
export function latencyRows(short: Latency, long: Latency, shortName: string, longName: string): Measured {
  const what = 'acknowledged → visible at 10 records/s'
  const [p99, bare, longP99] = [short.visibleMs, short.bareMs, long.visibleMs].map((ms) => quantile(ms, 0.99))
  const used = `processor of the consumer at 10 records/s, 4 partitions, ${longName}`
  return {
    rows: [
      figureRow(`${what}, ${shortName}: p50`, quantile(short.visibleMs, 0.5), 'ms', [2.5, 1.5]),
      timeRow(`${what}, ${shortName}: p99 ÷ p99 of bare write + fsync + rename`, p99!, bare!, [3, 2]),
      figureRow(`${what}, ${longName}: p99`, longP99!, 'ms', [1000]),
      figureRow(used, long.processorPercent, '%', [10, 5]),
    ],
    raw: [
      { what: `${what}, ${shortName}`, unit: 'ms', values: short.visibleMs },
      { what: `${what}, ${longName}`, unit: 'ms', values: long.visibleMs },
      { what: `bare write + fsync + rename, ${shortName}`, unit: 'ms', values: short.bareMs },
    ],
  }
}

/** Three records a partition or so, so that code is compiled and connections are made. */
async function warmUp(
  send: (count: number) => Promise<string[]>,
  offsets: number[],
  folder: string,
): Promise<void> {
  for (const date of await send(124)) offsets[partitionOf(date)]!++
  await whenOffsets(folder, (now) => now.every((offset, partition) => offset >= offsets[partition]!))
}

function writeBare(folder: string, partition: number): number {
  const bytes = readFileSync(join(folder, `partition-${partition}.json`))
  const path = join(folder, '..', 'bare')
  const begin = performance.now()
  const file = openSync(`${path}.tmp`, 'w')
  writeSync(file, bytes)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.tmp`, path)
  return performance.now() - begin
}
