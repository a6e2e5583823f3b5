import { join } from 'node:path'
import { OperatingError } from '../files/lib/program.ts'
import type { Observed } from './observe.ts'
import { findResult, runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

const inBench = (name: string) => join(import.meta.dirname, name)

/** Settings of the Java consumer to choose the best of: Kafka's own first. */
export const javaSettings: readonly (readonly string[])[] = [
  [],
  ['max.poll.records=20000', 'max.partition.fetch.bytes=4194304', 'receive.buffer.bytes=2097152'],
  ['max.poll.records=200000', 'max.partition.fetch.bytes=16777216', 'receive.buffer.bytes=-1'],
]

/** The Java consumer with our fold: milliseconds from the first poll to the end, and how many days it counted. */
export async function javaFold(setup: Setup, topic: string, settings: readonly string[]) {
  const lines = await setup.runJava('CatchUp', setup.address, topic, ...settings)
  return findResult<{ ms: number; count: number }>(lines)
}

/** Kafka's ConsumerPerformance: milliseconds of fetching, as it reports them, without joining its group. */
export async function consumerPerformance(setup: Setup, topic: string, recordCount: number): Promise<number> {
  const lines = await setup.runJava(
    'org.apache.kafka.tools.ConsumerPerformance',
    ...['--bootstrap-server', setup.address, '--topic', topic, '--num-records', String(recordCount)],
  )
  const header = lines.findIndex((line) => line.startsWith('start.time'))
  const names = lines[header]?.split(', ') ?? []
  const values = lines[header + 1]?.split(', ') ?? []
  const at = (name: string) => Number(values[names.indexOf(name)])
  if (at('data.consumed.in.nMsg') >= recordCount) return at('fetch.time.ms')
  throw new OperatingError(
    `ConsumerPerformance did not read ${recordCount} records:\n  ${lines.join('\n  ')}`,
  )
}

/** kafkajs with our fold: milliseconds from the first fetch to the last record. */
export async function kafkajsFold(setup: Setup, topic: string, recordCount: number): Promise<number> {
  const args = [inBench('read-by-kafkajs.ts'), setup.address, topic, String(recordCount)]
  const environment = { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1' }
  const lines = await runToEnd({ command: process.execPath, args, environment }, setup.signal)
  return findResult<{ ms: number }>(lines).ms
}

/** Our reader, headers only: milliseconds from the first fetch request to the last header. */
export async function headersOnly(setup: Setup, topic: string): Promise<number> {
  const args = ['--import', inBench('observe.ts'), inBench('read-headers.ts'), setup.address, topic]
  const lines = await runToEnd({ command: process.execPath, args }, setup.signal)
  const done = lines.find((line) => line.includes('"doneAt"'))!
  const { doneAt } = JSON.parse(done) as { doneAt: number }
  return doneAt - findResult<Observed>(lines).firstFetchAt!
}
