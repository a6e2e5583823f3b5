import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { OperatingError } from '../core/program.ts'
import { readIfPresent } from '../core/read-if-present.ts'
import { partitionPaths } from '../engine/partition-paths.ts'
import { type Epoch, epochsBefore, readTopicMemory } from '../engine/topic-memory.ts'
import type { LogRange } from '../kafka/cluster.ts'
import { retry } from '../kafka/retry.ts'
import { parseCheckpoint } from '../stats/parse-checkpoint.ts'
import type { Source } from '../weather/source.ts'
import { firstDifference, provenMonths } from './compare-file.ts'
import {
  dateIn,
  emptyRecount,
  type LoggedRecord,
  monthsOf,
  type Recount,
  recount,
  statsOf,
  type Verdict,
  verdictOf,
} from './recount.ts'
import { findTopic, type Replay, type ReplayedLog, replay } from './replay.ts'
import { anotherTopic, epochDifference, olderLog } from './verify-notes.ts'

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
  /** To be printed. */
  line: string
  /** Whether the file agrees with the log; undefined without a file. */
  agrees: boolean | undefined
  /** How many records were read, and of which years months were compared. */
  records: number
  years: readonly number[]
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
  const path = paths.file
  const without = (what: string, agrees: boolean | undefined) => ({
    line: `partition ${partition}: ${what}`,
    agrees,
    records: 0,
    years: [],
  })
  const text = readIfPresent(path)
  if (text === undefined) return without(...missingFile(log.directory, existsSync(paths.memory)))
  const { offset } = parseCheckpoint(text, partition, path)
  const memory = readTopicMemory(paths.memory)
  const epochs = memory && epochsBefore(memory.epochs, offset)
  const { logStart, logEnd } = await rangeOf(log, partition)
  // Looked up after the range, which is asked for by name, and after the file, which a running consumer goes on writing.
  const current = { ...log, topic: await findTopic(log.cluster, log.name) }
  const obstacle = memory && (anotherTopic(current, memory) ?? olderLog(current.topic, partition, epochs!))
  if (obstacle) return without(obstacle, false)
  if (offset > logEnd) return without(`the file's offset ${offset} is past the log's end, ${logEnd}`, false)
  const state = emptyRecount()
  const onProgress = (at: number) => log.show(`partition ${partition}: offset ${at} of ${offset}`)
  const take = (record: LoggedRecord, isAborted: boolean) => {
    const kind = recount(state, record, isAborted)
    witness?.(record.offset, verdictOf(state, kind))
    return true
  }
  const passed = await replay(current, partition, logStart, offset, take, onProgress)
  return conclude(offset, text, { partition, state, passed, epochs })
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
function missingFile(directory: string, wasKept: boolean): [what: string, agrees: boolean | undefined] {
  const what = `no file in ${directory}`
  if (!wasKept) return [what, undefined]
  return [`${what}, although a consumer kept one there; started again, it counts from offset 0`, false]
}

function conclude(offset: number, text: string, { partition, state, passed, epochs }: Evidence): Finding {
  const { counted, duplicate, late, refused, aborted } = state.tally
  const records = counted + duplicate + late + refused + aborted
  const years = Array.from(statsOf(state), ([, year]) => Number(year))
  const gaps = offset - passed.logStart - records
  const sum = `${records} records = ${counted} counted + ${duplicate} duplicates + ${late} late + ${refused} refused`
  const ofTransactions = aborted > 0 ? ` + ${aborted} aborted` : ''
  const head = `partition ${partition}: ${sum}${ofTransactions}${gaps > 0 ? `, and ${gaps} offsets without a record` : ''}`
  if (passed.logStart > 0) {
    const { proven, total } = provenMonths(JSON.parse(text), state)
    const part = `the log begins at offset ${passed.logStart}: ${proven} of ${total} months are still proven by it`
    return { line: `${head}; ${part}`, agrees: proven === total, records, years }
  }
  const difference = firstDifference(JSON.parse(text), state) ?? epochDifference(passed.epochs, epochs)
  return { line: `${head}; ${difference ?? 'file agrees'}`, agrees: difference === undefined, records, years }
}

type Evidence = { partition: number; state: Recount; passed: Replay; epochs: Epoch[] | undefined }
