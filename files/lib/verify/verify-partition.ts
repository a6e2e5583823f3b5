import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { OperatingError } from '../core/program.ts'
import { readIfPresent } from '../core/read-if-present.ts'
import { partitionPaths } from '../engine/partition-paths.ts'
import { type Epoch, epochsBefore, readTopicMemory } from '../engine/topic-memory.ts'
import type { LogRange } from '../kafka/cluster.ts'
import { retry } from '../kafka/retry.ts'
import { parseCheckpoint } from '../stats/parse-checkpoint.ts'
import type { Source, Years } from '../weather/source.ts'
import { differencesOf, provenMonths } from './compare-file.ts'
import {
  dateIn,
  emptyRecount,
  extentOf,
  type LoggedRecord,
  monthsOf,
  type Recount,
  recount,
  type Verdict,
  verdictOf,
} from './recount.ts'
import { findTopic, type Replay, type ReplayedLog, replay } from './replay.ts'
import type { PartitionVerification } from './verification.ts'
import {
  anotherSource,
  anotherTopic,
  epochDifference,
  missingDaysDifference,
  olderLog,
} from './verify-notes.ts'

/** The log that files are held against. */
export type Log = ReplayedLog & {
  directory: string
  /** Where its days come from, if it says so. */
  source: Source | undefined
  /** Shows how far the replay of a partition has come. */
  show: (text: string) => void
  /** Takes that away, before a line is printed. */
  clear: () => void
}

/** Sees each record of the log with what it is to the statistics. */
export type Witness = (offset: number, verdict: Verdict) => void

/** What came out for one partition. */
export type Finding = {
  result: PartitionVerification
  /** What is to be said in words besides numbers and differences; `result.error` where the file does not agree. */
  note: string | undefined
  /** Whether its log was read, up to the file's offset. */
  isRead: boolean
  /** How many offsets up to the file's hold no record. */
  gaps: number
  /** First and last year of the months compared; undefined without any. */
  years: Years | undefined
}

/**
 * Makes sure that there is a file to verify, before any broker is asked.
 *
 * @throws OperatingError when none of these partitions has a file in the folder
 */
export function expectPartitionFile(directory: string, partitions: readonly number[]): void {
  const wanted = partitions.map((partition) => basename(partitionPaths(directory, partition).file))
  let reason = ''
  try {
    if (readdirSync(directory).some((name) => wanted.includes(name))) return
  } catch (error) {
    reason = ` (${(error as Error).message})`
  }
  const what = wanted.length === 1 ? wanted[0] : 'partition file'
  throw new OperatingError(
    `Nothing verified: no ${what} in ${directory}${reason}. ` +
      'Set DATA_DIR to the folder where the consumers keep theirs; `npm start` keeps its files in data/.',
  )
}

/**
 * Holds a partition file against the log up to the file's offset: topic id, leader epochs, then every number. The file is
 * read once, so a consumer may go on meanwhile.
 *
 * @throws OperatingError when the file is damaged or the log cannot be read
 */
export async function verifyPartition(log: Log, partition: number, witness?: Witness): Promise<Finding> {
  const paths = partitionPaths(log.directory, partition)
  const text = readIfPresent(paths.file)
  if (text === undefined) return missingFile(log.directory, partition, existsSync(paths.memory))
  const { offset } = parseCheckpoint(text, partition, paths.file)
  const unread = (verdict: 'differ' | 'unknown', note: string) => withoutLog(partition, verdict, note, offset)
  const memory = readTopicMemory(paths.memory)
  const epochs = memory && epochsBefore(memory.epochs, offset)
  const { logStart, logEnd } = await rangeOf(log, partition)
  // Looked up after the range, which is asked for by name, and after the file, which a running consumer goes on writing.
  const current = { ...log, topic: await findTopic(log.cluster, log.name) }
  const elsewhere = memory && (anotherTopic(current, memory) ?? olderLog(current.topic, partition, epochs!))
  if (elsewhere) return unread('unknown', elsewhere)
  const otherSource = memory && anotherSource(current, memory)
  if (otherSource) return unread('differ', otherSource)
  if (offset > logEnd) return unread('differ', `the file's offset ${offset} is past the log's end, ${logEnd}`)
  const state = emptyRecount()
  const onProgress = (at: number) => log.show(`partition ${partition}: offset ${at} of ${offset}`)
  const take = (record: LoggedRecord, isAborted: boolean) => {
    const kind = recount(state, record, isAborted)
    witness?.(record.offset, verdictOf(state, kind))
    return true
  }
  const passed = await replay(current, partition, logStart, offset, take, onProgress)
  const supplement = memory?.supplement
  return conclude(offset, text, { partition, state, passed, epochs, supplement })
}

/**
 * Counts the log up to an offset or a date, as if the consumer had stopped there.
 *
 * @param until an offset; undefined for the log's end
 * @param atDate stops before the first report of a later date
 * @returns what the partition file held then
 */
export async function recountUntil(
  log: Log,
  partition: number,
  until: number | undefined,
  atDate: string | undefined,
) {
  const state = emptyRecount()
  const { logStart, logEnd } = await rangeOf(log, partition)
  let offset = until ?? logEnd
  await replay(log, partition, logStart, offset, (record, isAborted) => {
    const date = atDate && !isAborted && dateIn(record)
    if (date && date > atDate) {
      offset = record.offset
      return false
    }
    recount(state, record, isAborted)
    return true
  })
  return { partition, offset, ...monthsOf(state) }
}

async function rangeOf({ cluster, name }: Log, partition: number): Promise<LogRange> {
  return retry(`Reading the ends of ${name}/${partition}`, async () => {
    const { partitions } = await findTopic(cluster, name)
    return cluster.readLogRange(name, partition, partitions[partition]!)
  })
}

/** A consumer notes the topic of its file: where that note is left alone, the file was there. */
function missingFile(directory: string, partition: number, wasKept: boolean): Finding {
  const what = `no file in ${directory}`
  if (!wasKept) return withoutLog(partition, 'absent', what)
  const note = `${what}, although a consumer kept one there; started again, it counts from offset 0`
  return withoutLog(partition, 'unknown', note)
}

/** What is found of a partition whose log was not read, or not to its end. */
export function withoutLog(
  partition: number,
  verdict: PartitionVerification['verdict'],
  error: string,
  offset: number | null = null,
): Finding {
  const tally = { records: 0, counted: 0, duplicates: 0, late: 0, refused: 0, aborted: 0 }
  const result = { partition, verdict, ...tally, numbers: 0, offset, differences: [], error }
  return { result, note: error, isRead: false, gaps: 0, years: undefined }
}

function conclude(offset: number, text: string, evidence: Evidence): Finding {
  const { partition, state, passed } = evidence
  const { counted, duplicate: duplicates, late, refused, aborted } = state.tally
  const records = counted + duplicates + late + refused + aborted
  const tally = { records, counted, duplicates, late, refused, aborted }
  const { verdict, numbers, differences, note } = compare(JSON.parse(text), evidence)
  const error = verdict === 'agree' ? null : (note ?? null)
  const result = { partition, verdict, ...tally, numbers, offset, differences, error }
  const years = extentOf(state)
  return { result, note, isRead: true, gaps: offset - passed.logStart - records, years }
}

/** Holds a file against what its log, or what is left of it, comes to. */
function compare(file: Record<string, unknown>, { state, passed, epochs, supplement }: Evidence) {
  const differences = differencesOf(file, state)
  if (passed.logStart === 0) {
    const note = epochDifference(passed.epochs, epochs) ?? missingDaysDifference(state, supplement)
    const numbers = numbersPerMonth * (extentOf(state)?.months ?? 0)
    const agrees = differences.length === 0 && note === undefined
    return { verdict: agrees ? ('agree' as const) : ('differ' as const), numbers, differences, note }
  }
  // Its first records are gone: of the rest, only a month that is not in the file cannot be.
  const certain = differences.filter(({ file }) => file === null)
  const { proven, total } = provenMonths(file, state)
  const note = `the log begins at offset ${passed.logStart}: ${proven} of ${total} months are still proven by it`
  const open = proven === total ? ('agree' as const) : ('unknown' as const)
  const verdict = certain.length > 0 ? ('differ' as const) : open
  return { verdict, numbers: numbersPerMonth * proven, differences: certain, note }
}

/** Count, sum and average. */
const numbersPerMonth = 3

type Evidence = {
  partition: number
  state: Recount
  passed: Replay
  /** As the consumer noted them, and which days are missing; undefined when it noted none. */
  epochs: Epoch[] | undefined
  supplement: object | undefined
}
