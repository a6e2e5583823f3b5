import { run } from '../core/program.ts'
import { brokerSettings, dataDirectory, topicName } from '../core/settings.ts'
import { openStatusLine } from '../core/status-line.ts'
import { Cluster } from '../kafka/cluster.ts'
import { retry } from '../kafka/retry.ts'
import { readLogSource } from '../topic/log-source.ts'
import { topicWarning } from '../topic/topic-warning.ts'
import { findTopic } from './replay.ts'
import { parseVerifyOptions, type VerifyOptions } from './verify-options.ts'
import {
  expectPartitionFile,
  type Log,
  recountUntil,
  verifyPartition,
  type Witness,
} from './verify-partition.ts'
import { describeAgreement, describeLog, describeSpeed, describeVerdict } from './verify-words.ts'

/**
 * Re-reads the log, counts again, and compares with the partition files, or prints them as they were.
 *
 * @param args the command line's arguments, see verify-options.ts
 */
export function runVerify(args: string[]): Promise<void> {
  return run((signal) => verify(parseVerifyOptions(args), signal))
}

async function verify(options: VerifyOptions, signal: AbortSignal): Promise<void> {
  const [settings, name, directory] = [brokerSettings(), topicName(), dataDirectory()]
  const isAsOf = options.until !== undefined || options.atDate !== undefined
  if (!isAsOf) expectPartitionFile(directory, options.partitions)
  const cluster = new Cluster(settings, 'almanac-verify')
  const line = openStatusLine()
  try {
    await cluster.waitForBroker(name, signal)
    const { topic, first } = await retry(`Reading ${name}`, async () => {
      const topic = await findTopic(cluster, name)
      return { topic, first: await readLogSource(cluster, name, topic, signal) }
    })
    const warning = await topicWarning(cluster, name, signal)
    if (warning) line.say(warning)
    const { say, show, clear } = line
    const log = { cluster, topic, name, directory, source: first?.source, signal, say, show, clear }
    if (isAsOf) await printAsOf(log, options)
    else await compareAll(log, options)
  } finally {
    line.clear()
    cluster.close()
  }
}

async function printAsOf(log: Log, { partitions, until, atDate }: VerifyOptions): Promise<void> {
  for (const partition of partitions)
    console.log(JSON.stringify(await recountUntil(log, partition, until, atDate)))
}

async function compareAll(log: Log, options: VerifyOptions): Promise<void> {
  const begin = performance.now()
  const years: number[] = []
  const [verified, absent]: [number[], number[]] = [[], []]
  let [records, agree] = [0, true]
  for (const partition of options.partitions) {
    const finding = await verifyPartition(log, partition, witness(partition, options))
    log.clear()
    console.log(finding.line)
    records += finding.records
    years.push(...finding.years)
    agree &&= finding.agrees !== false
    if (finding.agrees === undefined) absent.push(partition)
    else verified.push(partition)
  }
  console.log(describeLog(log, years))
  if (agree) console.log(describeAgreement(3 * years.length, verified, absent))
  if (!agree) process.exitCode = 1
  console.log(describeSpeed(records, (performance.now() - begin) / 1000))
}

/** Prints the records that the user asked to see. */
function witness(partition: number, { list, month }: VerifyOptions): Witness | undefined {
  if (!list && !month) return undefined
  return (offset, verdict) => {
    const isAsked =
      month && 'month' in verdict && verdict.month === month.name && verdict.date.startsWith(month.year)
    if (!isAsked && !(list && verdict.kind !== 'counted')) return
    console.log(`partition ${partition}, offset ${offset}: ${describeVerdict(verdict)}`)
  }
}
