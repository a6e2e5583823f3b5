import { describeSource, type Years } from '../weather/source.ts'
import type { Verdict } from './recount.ts'
import type { Difference, PartitionVerification } from './verification.ts'
import type { Finding, Log } from './verify-partition.ts'

/** Says which station's days a log holds, of which years, in the unit of its reports. */
export function describeLog({ name, source }: Log, findings: readonly Finding[]): string {
  if (!source) return `${name}: the log does not say where its days come from; °F.`
  return `${name}: ${describeSource(source, spanOf(findings))}, °F.`
}

function spanOf(findings: readonly Finding[]): Years | undefined {
  const known = findings.map(({ years }) => years).filter((years) => years !== undefined)
  if (known.length === 0) return undefined
  return {
    first: Math.min(...known.map(({ first }) => first)),
    last: Math.max(...known.map(({ last }) => last)),
  }
}

/** Says what came out for a partition, in a line. */
export function describeFinding({ result, note, isRead, gaps }: Finding): string {
  const { partition, records, counted, duplicates, late, refused, aborted, differences } = result
  if (!isRead) return `partition ${partition}: ${note}`
  const sum = `${records} records = ${counted} counted + ${duplicates} duplicates + ${late} late + ${refused} refused`
  const ofTransactions = aborted > 0 ? ` + ${aborted} aborted` : ''
  const ofGaps = gaps > 0 ? `, and ${gaps} offsets without a record` : ''
  const outcome = firstOf(differences) ?? note ?? 'file agrees'
  return `partition ${partition}: ${sum}${ofTransactions}${ofGaps}; ${outcome}`
}

/** Says what is wrong with a partition first of all. */
export function describeFault({ partition, differences, error }: PartitionVerification): string {
  return `partition ${partition}: ${firstOf(differences) ?? error}`
}

function firstOf([first]: readonly Difference[]): string | undefined {
  if (!first) return undefined
  const { month, year, field, file, log } = first
  const what = `${month} ${year}:`
  if (file === null) return `${what} is not in the file; the log has ${log} days`
  if (log === null) return `${what} is in the file, and has no report in the log`
  return `${what} ${field} is ${file} in the file, ${log} by the log`
}

/** Says how many numbers agree with the log, and which partitions had no file to verify. */
export function describeAgreement(numbers: number, partitions: readonly PartitionVerification[]): string {
  const [absent, verified] = [true, false].map((isAbsent) =>
    partitions.filter(({ verdict }) => (verdict === 'absent') === isAbsent).map(({ partition }) => partition),
  )
  if (absent!.length === 0) return `All ${numbers} numbers agree with the log.`
  return (
    `All ${numbers} numbers of ${namePartitions(verified!)} agree with the log. ` +
    `Not verified, without a file: ${namePartitions(absent!)}.`
  )
}

function namePartitions(partitions: readonly number[]): string {
  return `${partitions.length === 1 ? 'partition' : 'partitions'} ${partitions.join(', ')}`
}

/** Says how long the reading took, and how fast it was. */
export function describeSpeed(records: number, seconds: number): string {
  return `${records} records read in ${seconds.toFixed(2)} s, ${Math.round(records / seconds)} records/s.`
}

/** Says what a record was to the statistics. */
export function describeVerdict(verdict: Verdict): string {
  if (verdict.kind === 'refused') return `refused: ${verdict.reason}`
  if (verdict.kind === 'aborted') return 'aborted, not counted'
  const what = verdict.kind === 'counted' ? 'counted' : `${verdict.kind}, not counted`
  return `${verdict.date}, ${verdict.degrees} °F, ${what}`
}
