import { OperatingError, run, UsageError } from '../core/program.ts'
import { brokerSettings, dataDirectory, topicName } from '../core/settings.ts'
import { openStatusLine } from '../core/status-line.ts'
import { Cluster } from '../kafka/cluster.ts'
import { retry } from '../kafka/retry.ts'
import { readLogSource } from '../topic/log-source.ts'
import { topicWarning } from '../topic/topic-warning.ts'
import { findTopic } from './replay.ts'
import { summarize, type Verification } from './verification.ts'
import { parseVerifyOptions, type VerifyOptions } from './verify-options.ts'
import {
  expectPartitionFile,
  type Finding,
  type Log,
  recountUntil,
  verifyPartition,
  type Witness,
  withoutLog,
} from './verify-partition.ts'
import {
  describeAgreement,
  describeFinding,
  describeLog,
  describeSpeed,
  describeVerdict,
} from './verify-words.ts'

/**
 * Re-reads the log, counts again, and compares with the partition files, or prints them as they were.
 *
 * @param args the command line's arguments, see verify-options.ts
 */
export function runVerify(args: string[]): Promise<void> {
  return run(async (signal) => {
    const options = parseVerifyOptions(args)
    await verify(options, signal).catch((error: unknown) => {
      if (options.json && error instanceof OperatingError && !(error instanceof UsageError))
        printJson({ verdict: 'unknown', partitions: [], numbers: 0, error: error.message })
      throw error
    })
  })
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
    else if (options.json) await compareAsData(log, options)
    else await compareInWords(log, options)
  } finally {
    line.clear()
    cluster.close()
  }
}

async function printAsOf(log: Log, { partitions, until, atDate }: VerifyOptions): Promise<void> {
  for (const partition of partitions)
    console.log(JSON.stringify(await recountUntil(log, partition, until, atDate)))
}

async function compareInWords(log: Log, options: VerifyOptions): Promise<void> {
  const begin = performance.now()
  const findings: Finding[] = []
  for (const partition of options.partitions) {
    const finding = await verifyPartition(log, partition, witness(partition, options))
    log.clear()
    console.log(describeFinding(finding))
    findings.push(finding)
  }
  const { verdict, partitions, numbers } = summarize(findings.map(({ result }) => result))
  console.log(describeLog(log, findings))
  if (verdict === 'agree') console.log(describeAgreement(numbers, partitions))
  else process.exitCode = 1
  const records = partitions.reduce((sum, partition) => sum + partition.records, 0)
  console.log(describeSpeed(records, (performance.now() - begin) / 1000))
}

/** A partition that cannot be compared is told of like the others, and does not keep those from it. */
async function compareAsData(log: Log, { partitions }: VerifyOptions): Promise<void> {
  const findings: Finding[] = []
  for (const partition of partitions) {
    const finding = await verifyPartition(log, partition).catch((error: unknown) => {
      if (error instanceof OperatingError) return withoutLog(partition, 'unknown', error.message)
      throw error
    })
    findings.push(finding)
  }
  const verification = summarize(findings.map(({ result }) => result))
  if (verification.verdict !== 'agree') process.exitCode = 1
  log.clear()
  printJson(verification)
}

function printJson(verification: Verification): void {
  console.log(JSON.stringify(verification))
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
