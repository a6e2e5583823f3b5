import { describeSource } from '../weather/source.ts'
import type { Verdict } from './recount.ts'
import type { Log } from './verify-partition.ts'

/** Says whose days a log holds, of which years, in the unit of its reports. */
export function describeLog({ name, source }: Log, years: readonly number[]): string {
  const span = years.length > 0 ? { first: Math.min(...years), last: Math.max(...years) } : undefined
  if (!source) return `${name}: the log does not say where its days come from; °F.`
  return `${name}: ${describeSource(source, span)}, °F.`
}

/** Says how many numbers agree with the log, and which partitions had no file to verify. */
export function describeAgreement(
  numbers: number,
  verified: readonly number[],
  absent: readonly number[],
): string {
  if (absent.length === 0) return `All ${numbers} numbers agree with the log.`
  return (
    `All ${numbers} numbers of ${namePartitions(verified)} agree with the log. ` +
    `Not verified, without a file: ${namePartitions(absent)}.`
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
