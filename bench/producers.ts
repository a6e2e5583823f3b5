import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Notice } from '../files/lib/core/notice.ts'
import { OperatingError } from '../files/lib/core/program.ts'
import { formatDate, nextDay } from '../files/lib/weather/calendar.ts'
import { createTopic } from './fill.ts'
import { readHeaders } from './peers.ts'
import { type Limits, type Measured, speedRow } from './report-table.ts'
import { takeTurns } from './rounds.ts'
import { runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

const producer = join(import.meta.dirname, '../files/producer.ts')
// A report, and a month's name: ProducerPerformance sends no keys.
const recordBytes = 27
const limits: Limits = [1.5, 3]

/** Those of producer.ts, whose batches hold what 4,000 days give each of four partitions. */
const equalSettings = ['acks=all', 'enable.idempotence=true', 'batch.size=40000', 'linger.ms=5']
/** To choose the best of: a request for all partitions at a time, or one a partition as we send them. */
const inFlight = ['1', '4'].map((count) => `max.in.flight.requests.per.connection=${count}`)

const [ourTopic, javaTopic] = ['produced-by-us', 'produced-by-java']

/** Measures our producer sending observations against Kafka's ProducerPerformance, into new topics with the same settings. */
export async function measureProducers(setup: Setup, recordCount: number, rounds: number): Promise<Measured> {
  const file = join(setup.folder, 'observations.csv')
  await writeFile(file, observations(recordCount))
  const tried: { setting: string; ms: number }[] = []
  for (const setting of inFlight) tried.push({ setting, ms: await sendByJava(setup, recordCount, setting) })
  const { setting } = tried.toSorted((one, other) => one.ms - other.ms)[0]!
  const taken = await takeTurns(rounds, {
    ours: () => sendOurs(setup, file, recordCount),
    java: () => sendByJava(setup, recordCount, setting),
  })
  const what = `${recordCount} records sent`
  const times = [taken.ours, taken.java] as const
  return {
    rows: [speedRow('producer: speed ÷ ProducerPerformance at equal settings', recordCount, times, limits)],
    raw: [
      { what: `${what}: producer.ts --observations`, unit: 'ms', values: taken.ours },
      { what: `${what}: ProducerPerformance (${setting})`, unit: 'ms', values: taken.java },
      await batchSize(setup, ourTopic, `${what}: records a batch of producer.ts`),
      await batchSize(setup, javaTopic, `${what}: records a batch of ProducerPerformance`),
    ],
  }
}

function observations(count: number): string {
  const lines = ['date,tmax_f']
  for (let i = 0, day = { year: 1, month: 1, day: 1 }; i < count; i++, day = nextDay(day)!)
    lines.push(`${formatDate(day)},${((i * 7919) % 1000) / 10}`)
  return `${lines.join('\n')}\n`
}

/** producer.ts creates its topic anew. */
async function sendOurs({ address, signal }: Setup, file: string, count: number): Promise<number> {
  const environment = { ...process.env, KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: ourTopic }
  const args = [producer, '--observations', file]
  const sent: { days: number; seconds: number }[] = []
  const onNotice = (notice: Notice) => {
    if (notice.kind === 'days sent') sent.push(notice)
  }
  const lines = await runToEnd({ command: process.execPath, args, environment, onNotice }, signal)
  if (sent.length === 1 && sent[0]!.days === count) return sent[0]!.seconds * 1000
  throw new OperatingError(`producer.ts did not send ${count} days:\n  ${lines.join('\n  ')}`)
}

async function sendByJava(setup: Setup, count: number, setting: string): Promise<number> {
  await createTopic(setup, javaTopic)
  const lines = await setup.runJava(
    'org.apache.kafka.tools.ProducerPerformance',
    ...['--bootstrap-server', setup.address, '--topic', javaTopic, '--num-records', String(count)],
    ...['--record-size', String(recordBytes), '--throughput', '-1'],
    ...['--command-property', ...equalSettings, setting],
  )
  const pattern = new RegExp(`^${count} records sent, ([\\d.]+) records/sec`)
  const perSecond = lines.map((line) => Number(pattern.exec(line)?.[1])).find((number) => number > 0)
  if (perSecond !== undefined) return (1000 * count) / perSecond
  throw new OperatingError(`a line like ${pattern} was expected, printed was:\n  ${lines.join('\n  ')}`)
}

/** Read back from the log: it shows that the settings were equal in effect. */
async function batchSize(setup: Setup, topic: string, what: string) {
  const { recordCount, batchCount } = await readHeaders(setup, topic)
  return { what, unit: '', values: [recordCount / batchCount] }
}
