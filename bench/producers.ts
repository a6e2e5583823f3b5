import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatDate, nextDay } from '../files/lib/calendar.ts'
import { OperatingError } from '../files/lib/program.ts'
import { createTopic } from './fill.ts'
import { type Measured, speedRow } from './report-table.ts'
import { median, takeTurns } from './rounds.ts'
import { runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

const producer = join(import.meta.dirname, '../files/producer.ts')
// A report, and a month's name: ProducerPerformance sends no keys.
const recordBytes = 27

/** Measures our producer sending observations against Kafka's ProducerPerformance: acks=all, idempotent, one in flight. */
export async function measureProducers(setup: Setup, recordCount: number, rounds: number): Promise<Measured> {
  const file = join(setup.folder, 'observations.csv')
  await writeFile(file, observations(recordCount))
  await createTopic(setup, 'produced-by-java')
  const taken = await takeTurns(rounds, {
    ours: () => sendOurs(setup, file, recordCount),
    java: () => sendByJava(setup, recordCount),
  })
  const [ours, java] = [median(taken.ours), median(taken.java)]
  const what = `${recordCount} records sent`
  return {
    rows: [speedRow('producer: speed ÷ ProducerPerformance at equal settings', recordCount, [ours, java])],
    raw: [
      { what: `${what}: producer.ts --observations`, unit: 'ms', values: taken.ours },
      { what: `${what}: ProducerPerformance`, unit: 'ms', values: taken.java },
    ],
  }
}

function observations(count: number): string {
  const lines = ['date,tmax_f']
  for (let i = 0, day = { year: 1, month: 1, day: 1 }; i < count; i++, day = nextDay(day)!)
    lines.push(`${formatDate(day)},${((i * 7919) % 1000) / 10}`)
  return `${lines.join('\n')}\n`
}

async function sendOurs({ address, signal }: Setup, file: string, count: number): Promise<number> {
  const environment = { ...process.env, KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: 'produced-by-us' }
  const args = [producer, '--observations', file]
  const lines = await runToEnd({ command: process.execPath, args, environment }, signal)
  return readMs(lines, new RegExp(`Sent ${count} days .* in ([\\d.]+) s`), 1000)
}

async function sendByJava({ runJava, address }: Setup, count: number): Promise<number> {
  const lines = await runJava(
    'org.apache.kafka.tools.ProducerPerformance',
    ...['--bootstrap-server', address, '--topic', 'produced-by-java', '--num-records', String(count)],
    ...['--record-size', String(recordBytes), '--throughput', '-1', '--command-property', 'acks=all'],
    ...[
      'enable.idempotence=true',
      'max.in.flight.requests.per.connection=1',
      'linger.ms=5',
      'batch.size=40000',
    ],
  )
  return count / (readMs(lines, new RegExp(`^${count} records sent, ([\\d.]+) records/sec`), 1) / 1000)
}

function readMs(lines: readonly string[], pattern: RegExp, factor: number): number {
  const found = lines.map((line) => pattern.exec(line)?.[1]).find((text) => text !== undefined)
  if (found) return Number(found) * factor
  throw new OperatingError(`a line like ${pattern} was expected, printed was:\n  ${lines.join('\n  ')}`)
}
