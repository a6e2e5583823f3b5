import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Admin, ListOffsetTimestamps } from '@platformatic/kafka'
import { runChild } from '../../../processes/run-child.ts'
import { waitFor } from '../wait-for.ts'
import { type ExpectedLog, expectedLog } from './expected-log.ts'
import { startJava } from './java.ts'
import { type LineProgram, startLineProgram } from './line-program.ts'
import type { Step } from './steps.ts'

/**
 * The clients whose producers can write: Kafka's own, and librdkafka, under many other languages. Both are driven by lines:
 *
 *     open NAME COMPRESSION
 *     begin | flush | commit | abort NAME
 *     send NAME TOPIC PARTITION KEY VALUE HEADER-NAME HEADER-VALUE TIMES
 *
 * Key and values are hexadecimal digits, a dash stands for no header. A name that begins with `plain` is a producer without
 * transactions.
 */
export type WriterClient = 'java' | 'librdkafka'

/**
 * Starts the program that writes.
 *
 * @param folder for what is compiled
 */
export async function startWriter(
  client: WriterClient,
  address: string,
  folder: string,
): Promise<LineProgram> {
  if (client === 'java') return startJava('Producers.java', address)
  const program = join(folder, 'producers')
  const source = join(import.meta.dirname, 'producers.c')
  const args = ['-Wall', '-Wextra', '-Werror', '-o', program, source, '-lrdkafka']
  const { code, lines } = await runChild({ command: 'cc', args })
  if (code !== 0) throw new Error(`cc ${args.join(' ')} failed:\n${lines.join('\n')}`)
  return startLineProgram(program, [address])
}

/** Takes steps in a topic, one after the other, and keeps the log that they must have made. */
export type Script = { play: (steps: readonly Step[]) => Promise<void>; log: ExpectedLog }

/**
 * Begins a script: in a topic that is empty, with producers of its own.
 *
 * @param admin of the same broker
 */
export function beginScript(writer: LineProgram, admin: Admin, topic: string): Script {
  const log = expectedLog()
  const suffix = randomUUID()
  const opened = new Set<string>()
  const take = async (step: Step) => {
    const name = `${step.producer}-${suffix}`
    if (step.do === 'open') await writer.ask(`open ${name} ${step.compression}`)
    else if (!opened.has(step.producer)) await writer.ask(`open ${name} none`)
    opened.add(step.producer)
    if (step.do === 'send') await writer.ask(sendLine(name, topic, step))
    else if (step.do !== 'open') await writer.ask(`${step.do} ${name}`)
    log.note(step)
    // The broker acknowledges the end of a transaction before it has written the markers.
    if (step.do !== 'send') await untilWritten(admin, topic, log.ends())
  }
  const play = async (steps: readonly Step[]) => {
    for (const step of steps) await take(step)
  }
  return { play, log }
}

function sendLine(name: string, topic: string, { record, times }: Step & { do: 'send' }): string {
  const { partition, key, value, header } = record
  const headerWords = header ? [header[0], header[1].toString('hex')] : ['-', '-']
  const words = [topic, partition, Buffer.from(key).toString('hex'), value.toString('hex'), ...headerWords]
  return ['send', name, ...words, times].join(' ')
}

async function untilWritten(admin: Admin, topic: string, ends: readonly number[]): Promise<void> {
  const partitions = ends.map((_, partitionIndex) => ({
    partitionIndex,
    timestamp: ListOffsetTimestamps.LATEST,
  }))
  let found: number[] = []
  await waitFor('the log to end where it must', async () => {
    const [offsets] = await admin.listOffsets({ topics: [{ name: topic, partitions }] })
    found = offsets!.partitions
      .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
      .map(({ offset }) => Number(offset))
    return found.every((end, partition) => end === ends[partition])
  }).catch((cause) => {
    throw new Error(`the log of ${topic} ends at ${found}, it must at ${ends}`, { cause })
  })
}
