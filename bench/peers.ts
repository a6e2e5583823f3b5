import { join } from 'node:path'
import { OperatingError } from '../files/lib/core/program.ts'
import { expectSame, type Folded, type FoldRun } from './folded.ts'
import type { Observed } from './observe.ts'
import { findResult, runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

/** Whoever reads a topic from its beginning to its end. */
export type Contender = {
  name: string
  /** What the figure says. */
  figure: string
  /** Gives the figure, in milliseconds. */
  run: () => Promise<number>
}

/** Who may take part beside our programs, in words. */
const descriptions = {
  Java: 'Java consumer with the same fold, no files',
  'franz-go': 'franz-go with the same fold, no files',
  ConsumerPerformance: 'ConsumerPerformance, which only counts',
  'headers only': 'headers only',
  kafkajs: 'kafkajs with the same fold, no files',
}
export type PeerName = keyof typeof descriptions
export type Peer = Contender & { name: PeerName; description: string }

/** Settings of the peers that fold, to choose the best of: their own first. */
const settings = {
  Java: [
    [],
    ['max.poll.records=20000', 'max.partition.fetch.bytes=4194304', 'receive.buffer.bytes=2097152'],
    ['max.poll.records=200000', 'max.partition.fetch.bytes=16777216', 'receive.buffer.bytes=-1'],
  ],
  'franz-go': [
    [],
    ['partition-bytes=4194304', 'fetch-bytes=16777216'],
    ['partition-bytes=4194304', 'fetch-bytes=16777216', 'gc-percent=800'],
    ['partition-bytes=4194304', 'fetch-bytes=16777216', 'gc-percent=800', 'recycle=1'],
  ],
} as const

type Fold = (...args: readonly string[]) => Promise<FoldRun>

/**
 * Readies those peers that are asked for and there, each fold by the settings that are fastest.
 *
 * @returns the peers, and what Java has folded, which every fold of the topic must come to
 */
export async function findPeers(
  setup: Setup,
  topic: string,
  recordCount: number,
  names: readonly PeerName[],
): Promise<{ peers: Peer[]; folded: Folded }> {
  const java = await tune('Java', topic, async (...args) => {
    return findResult<FoldRun>(await setup.runJava('CatchUp', setup.address, topic, ...args))
  })
  const peers: Peer[] = []
  const add = (name: PeerName, figure: string, run: Contender['run']) => {
    if (names.includes(name)) peers.push({ name, description: descriptions[name], figure, run })
  }
  add('Java', java.figure, java.run)
  const { franzGo } = setup
  if ('run' in franzGo && names.includes('franz-go')) {
    const go = await tune('franz-go', topic, (...args) => franzGo.run(setup.address, topic, ...args))
    expectSame(topic, ['Java', java.folded], ['franz-go', go.folded])
    add('franz-go', go.figure, go.run)
  }
  add('ConsumerPerformance', 'ConsumerPerformance, fetching', () =>
    consumerPerformance(setup, topic, recordCount),
  )
  add('headers only', 'headers only, first fetch to last header', async () => {
    return (await readHeaders(setup, topic)).ms
  })
  add('kafkajs', 'kafkajs, first fetch to last record', async () => {
    const { ms, count } = await kafkajsFold(setup, topic, recordCount)
    if (count === java.folded.count) return ms
    throw new OperatingError(`${topic}: kafkajs counted ${count} days, Java ${java.folded.count}.`)
  })
  return { peers, folded: java.folded }
}

/** Tries each setting once; all must fold alike. */
async function tune(name: keyof typeof settings, topic: string, fold: Fold) {
  const tried: { args: readonly string[]; run: FoldRun }[] = []
  for (const args of settings[name]) tried.push({ args, run: await fold(...args) })
  const folded = tried[0]!.run
  for (const { args, run } of tried) expectSame(topic, [name, folded], [`${name} ${args.join(' ')}`, run])
  const { args } = tried.toSorted((one, other) => one.run.ms - other.run.ms)[0]!
  return {
    figure: `${name}, first poll to last record (${args.join(', ') || 'default settings'})`,
    run: async () => (await fold(...args)).ms,
    folded,
  }
}

/** Kafka's ConsumerPerformance: milliseconds of fetching, as it reports them, without joining its group. */
async function consumerPerformance(setup: Setup, topic: string, recordCount: number): Promise<number> {
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

/** kafkajs with our fold: milliseconds from the first fetch to the last record, and how many days it counted. */
async function kafkajsFold({ address, signal }: Setup, topic: string, recordCount: number) {
  const args = [inBench('read-by-kafkajs.ts'), address, topic, String(recordCount)]
  const environment = { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1' }
  const lines = await runToEnd({ command: process.execPath, args, environment }, signal)
  return findResult<{ ms: number; count: number }>(lines)
}

/** What read-headers.ts prints; its time in milliseconds since 1970. */
export type HeadersRead = { doneAt: number; recordCount: number; batchCount: number }

/** Our reader, headers only: milliseconds from the first fetch request to the last header, and what they say. */
export async function readHeaders({ address, signal }: Setup, topic: string) {
  const args = ['--import', inBench('observe.ts'), inBench('read-headers.ts'), address, topic]
  const lines = await runToEnd({ command: process.execPath, args }, signal)
  const done = lines.find((line) => line.includes('"doneAt"'))!
  const { doneAt, ...counts } = JSON.parse(done) as HeadersRead
  return { ms: doneAt - findResult<Observed>(lines).firstFetchAt!, ...counts }
}

function inBench(name: string): string {
  return join(import.meta.dirname, name)
}
