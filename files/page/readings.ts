import { partitionPaths } from '../lib/engine/partition-paths.ts'
import { parseStatus, type Status } from '../lib/engine/status-file.ts'
import { parseTopicMemory, type TopicMemory } from '../lib/engine/topic-memory.ts'
import { type Checkpoint, countDays } from '../lib/stats/checkpoint.ts'
import { recallMissingDays } from '../lib/stats/missing-days.ts'
import { parseCheckpoint } from '../lib/stats/parse-checkpoint.ts'
import { partitions } from '../lib/weather/partitions.ts'
import { createLagClock, type Lag, type LagClock } from './lag.ts'
import { readRegularFile, regularFileVersion } from './read-regular-file.ts'

/** What is known of one partition: the last good copy of its file, and what its consumer says of itself. */
export type Reading = {
  partition: number
  checkpoint: Checkpoint | undefined
  /** Days counted, over all months of the file. */
  counted: number
  /** When the last good copy was written, in milliseconds since 1970. */
  modifiedAt: number | undefined
  /** Why the file as it is now cannot be used, and since when; the last good copy is kept meanwhile. */
  problem: { text: string; since: number } | undefined
  status: Status | undefined
  /** Of which topic the file is, where its days come from, and which are missing. */
  memory: TopicMemory | undefined
  lag: Lag | undefined
}

/** Keeps the readings of a folder. */
export type Readings = {
  all: readonly Reading[]
  /** Reads what has changed; says whether any partition file has, or where its days come from. */
  update: () => boolean
}

type Versions = Record<'file' | 'status' | 'memory', string | undefined> & { clock: LagClock }

/** Begins with nothing read; call `update` for the first reading too. */
export function createReadings(folder: string): Readings {
  const all = partitions.map(emptyReading)
  const versions: Versions[] = all.map(() => ({
    file: undefined,
    status: undefined,
    memory: undefined,
    clock: createLagClock(),
  }))
  const update = () => {
    let hasNewStats = false
    for (const [index, reading] of all.entries()) {
      // The file first: what is remembered of it is written before it, so what is read after it is not behind it.
      const hasNewFile = updateFile(folder, reading, versions[index]!)
      const hasNewMemory = updateMemory(folder, reading, versions[index]!)
      if (hasNewFile || hasNewMemory) {
        if (reading.checkpoint) recallMissingDays(reading.checkpoint, reading.memory?.supplement)
        hasNewStats = true
      }
      updateStatus(folder, reading, versions[index]!)
      measureLag(reading, versions[index]!.clock)
    }
    return hasNewStats
  }
  return { all, update }
}

function emptyReading(partition: number): Reading {
  return {
    ...{ partition, checkpoint: undefined, counted: 0, modifiedAt: undefined },
    ...{ problem: undefined, status: undefined, memory: undefined, lag: undefined },
  }
}

function updateFile(folder: string, reading: Reading, versions: Versions): boolean {
  const path = partitionPaths(folder, reading.partition).file
  const fail = (text: string) => {
    if (reading.problem?.text !== text) reading.problem = { text, since: Date.now() }
    return false
  }
  try {
    const version = regularFileVersion(path)
    if (version !== undefined && version === versions.file) return false
    versions.file = version
    const content = version === undefined ? undefined : readRegularFile(path)
    if (!content) return reading.checkpoint ? fail('the file is gone') : false
    reading.checkpoint = parseCheckpoint(content.bytes.toString('utf8'), reading.partition, path)
    reading.counted = countDays(reading.checkpoint)
    reading.modifiedAt = content.modifiedAt
    reading.problem = undefined
    return true
  } catch (error) {
    return fail((error as Error).message)
  }
}

function updateStatus(folder: string, reading: Reading, versions: Versions): void {
  const text = readChanged(partitionPaths(folder, reading.partition).status, versions, 'status')
  if (text !== undefined) reading.status = parseStatus(text)
}

/** Says whether it has changed. */
function updateMemory(folder: string, reading: Reading, versions: Versions): boolean {
  const text = readChanged(partitionPaths(folder, reading.partition).memory, versions, 'memory')
  if (text === undefined) return false
  const before = JSON.stringify(reading.memory)
  reading.memory = parseTopicMemory(text)
  return JSON.stringify(reading.memory) !== before
}

/** Reads a file that is no result; as an empty one when there is none. Undefined when it has not changed. */
function readChanged(path: string, versions: Versions, kind: 'status' | 'memory'): string | undefined {
  try {
    const version = regularFileVersion(path)
    if (version === versions[kind]) return undefined
    versions[kind] = version
    return (version === undefined ? undefined : readRegularFile(path))?.bytes.toString('utf8') ?? ''
  } catch (error) {
    // Not ours to judge: without a status the page says that no consumer has been seen.
    if (!(error as NodeJS.ErrnoException).syscall) throw error
    return ''
  }
}

/** The end of the topic is at least where we are: the file may be newer than the status. */
export function endOffsetOf({ checkpoint, status }: Reading): number | undefined {
  const end = status?.endOffset
  return typeof end === 'number' ? Math.max(end, checkpoint?.offset ?? 0) : undefined
}

function measureLag(reading: Reading, clock: LagClock): void {
  const endOffset = endOffsetOf(reading)
  const offset = reading.checkpoint?.offset ?? 0
  reading.lag = endOffset === undefined ? undefined : clock.measure(offset, endOffset, Date.now())
}
