import type { MonthStats } from './recount.ts'

/**
 * What `verify.ts --json` prints, one object on one line of standard output: a contract, described in docs/verify-json.md.
 * `unknown` means that something kept it from comparing; `error` says what.
 */
export type Verification = {
  verdict: 'agree' | 'differ' | 'unknown'
  partitions: PartitionVerification[]
  /** How many counts, sums and averages were compared, in all partitions. */
  numbers: number
  /** What ended it before any partition was looked at. */
  error: string | null
}

/** What came out for one partition: how many records the log has of each kind, up to the file's offset. */
export type PartitionVerification = {
  partition: number
  /** `absent`: no consumer has kept a file there, so nothing can differ. */
  verdict: 'agree' | 'differ' | 'unknown' | 'absent'
  records: number
  counted: number
  duplicates: number
  late: number
  refused: number
  aborted: number
  /** How many counts, sums and averages were compared. */
  numbers: number
  /** The file's; null without a file that can be read. */
  offset: number | null
  differences: Difference[]
  /** What else is wrong, or kept it from comparing. */
  error: string | null
}

/**
 * A field that the file and the log have otherwise. A month that only one of them has is a difference of its count: null
 * where there is no such month.
 */
export type Difference = {
  month: string
  year: string
  field: keyof MonthStats
  file: number | string | null
  log: number | string | null
}

/** Puts the verdicts of partitions together: those without a file do not count, unless all are. */
export function summarize(partitions: PartitionVerification[]): Verification {
  const verdicts = new Set(partitions.map(({ verdict }) => verdict))
  const open = verdicts.has('unknown') || !verdicts.has('agree') ? 'unknown' : 'agree'
  const verdict = verdicts.has('differ') ? 'differ' : open
  const numbers = partitions.reduce((sum, partition) => sum + partition.numbers, 0)
  return { verdict, partitions, numbers, error: null }
}
