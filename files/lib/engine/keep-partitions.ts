import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { OperatingError } from '../core/program.ts'
import type { Topic } from '../kafka/metadata.ts'
import type { Fetched, FetchedRecords, PartitionReader } from '../kafka/partition-reader.ts'
import { type KeptPartition, lagOf } from './kept-partition.ts'
import { adoptTopic, noteEpoch, type OwnedPartition, writePartition } from './owned-partition.ts'
import type { OpenTransaction } from './status-file.ts'
import { epochAt } from './topic-memory.ts'
import { createWritePace } from './write-pace.ts'

/** What is needed of a reader of partitions. */
type Reader = Pick<PartitionReader, 'begin' | 'read'>

type Options = {
  topicName: string
  /** Whether to end at the end offsets that the topic had when it was begun. */
  exitAtEnd: boolean
  say: (line: string) => void
  onRefused: (partition: number, offset: number, reason: string) => void
  /** Called when the topic is there, for the first time or created again. */
  onTopic: () => void
  /** Called each second. */
  onTick: () => void
  signal: AbortSignal
}

const tickMs = 1000

/**
 * Keeps the partition files: fetch, fold, write, again, until the signal aborts or, if asked for, the end is reached.
 *
 * @throws OperatingError for whatever does not pass by itself; what was written before stays as it is
 */
export async function keepPartitions(
  reader: Reader,
  all: readonly KeptPartition[],
  options: Options,
): Promise<void> {
  const { signal, exitAtEnd, onTick } = options
  const pace = createWritePace()
  let nextTick = 0
  while (!signal.aborted && !(exitAtEnd && all.every(hasReachedEnd))) {
    if (performance.now() >= nextTick) {
      onTick()
      nextTick = performance.now() + tickMs
    }
    const dueAt = Math.min(nextTick, ...all.map(pace.dueAt))
    const fetched = await reader.read(dueAt - performance.now())
    const knewEnds = all.every(knowsEnd)
    if (fetched) take(reader, all, fetched, options)
    // Said at once and not a second later: a consumer that was started again is live from here on.
    if (!knewEnds && all.every(knowsEnd)) nextTick = 0
    for (const kept of all) if (pace.dueAt(kept) <= performance.now()) pace.write(kept)
  }
  for (const kept of all) if (kept.unwrittenSince < Number.POSITIVE_INFINITY) pace.write(kept)
  onTick()
}

function take(reader: Reader, all: readonly KeptPartition[], fetched: Fetched, options: Options): void {
  if (fetched.kind === 'topic') return begin(reader, all, fetched.topic, options)
  const kept = all.find(({ owned }) => owned.checkpoint.partition === fetched.partition)!
  if (fetched.kind === 'out of range') throw outOfRange(kept.owned, options.topicName, fetched)
  if (fetched.kind === 'diverged') throw diverged(kept.owned, options.topicName, fetched)
  fold(kept, fetched, options)
}

/** Begins the topic of that name as it is now: the first time, or after it was recreated. */
function begin(reader: Reader, all: readonly KeptPartition[], topic: Topic, { say, onTopic }: Options): void {
  for (const kept of all) {
    // What was folded and not yet written belongs to the archive, if the topic is another one.
    if (kept.unwrittenSince < Number.POSITIVE_INFINITY) writePartition(kept.owned)
    const line = adoptTopic(kept.owned, topic.id)
    if (line) say(line)
    kept.endOffset = undefined
    kept.endAtStart = undefined
    kept.openTransaction = undefined
    kept.hasCaughtUp = false
    kept.unwrittenSince = Number.POSITIVE_INFINITY
  }
  const starts = all.map(({ owned: { checkpoint, memory } }) => ({
    partition: checkpoint.partition,
    offset: checkpoint.offset,
    lastFetchedEpoch: epochAt(memory!.epochs, checkpoint.offset - 1),
  }))
  reader.begin(topic, starts)
  onTopic()
}

function fold(kept: KeptPartition, records: FetchedRecords, options: Options): void {
  const { partition, from, endOffset, highWatermark } = records
  const { application, checkpoint } = kept.owned
  const offsetBefore = checkpoint.offset
  assert.equal(from, offsetBefore, 'the fetched records do not continue the checkpoint')
  const wasBehind = lagOf(kept) > 0
  try {
    application.fold(checkpoint, records, {
      onEpoch: (leaderEpoch, firstOffset) => noteEpoch(kept.owned, leaderEpoch, firstOffset),
      onRefused: (offset, reason) => options.onRefused(partition, offset, reason),
      onAborted: () => {},
    })
  } catch (cause) {
    if (!(cause instanceof OperatingError)) throw cause
    throw new OperatingError(
      `${options.topicName}/${partition}: ${cause.message}. Nothing from there on was counted. ` +
        'Check the disk of the broker. Another replica may have an intact copy.',
      { cause },
    )
  }
  kept.endOffset = endOffset
  kept.endAtStart ??= endOffset
  kept.openTransaction = openTransactionAt(kept.openTransaction, endOffset, highWatermark)
  kept.hasCaughtUp ||= wasBehind && lagOf(kept) === 0
  if (checkpoint.offset > offsetBefore) kept.unwrittenSince = Math.min(kept.unwrittenSince, performance.now())
}

/** The last stable offset is below the high watermark while a transaction is open: it is that one's first offset. */
function openTransactionAt(
  before: OpenTransaction | undefined,
  lastStableOffset: number,
  highWatermark: number,
): OpenTransaction | undefined {
  if (lastStableOffset >= highWatermark) return undefined
  if (before?.firstOffset === lastStableOffset) return before
  return { firstOffset: lastStableOffset, since: Date.now() }
}

function hasReachedEnd({ owned, endAtStart }: KeptPartition): boolean {
  return endAtStart !== undefined && owned.checkpoint.offset >= endAtStart
}

function knowsEnd({ endOffset }: KeptPartition): boolean {
  return endOffset !== undefined
}

/** The error for an offset that the log does not hold. */
function outOfRange(
  { path, checkpoint: { partition, offset } }: OwnedPartition,
  topicName: string,
  { logStart, logEnd }: Fetched & { kind: 'out of range' },
) {
  const what = `${basename(path)}: offset ${offset} is outside ${where(topicName, partition)}, which holds offsets ${logStart} to ${logEnd}`
  if (offset < logStart) {
    return new OperatingError(
      `${what}. Records ${offset} to ${logStart - 1} were deleted before they were counted, so the log cannot give exact ` +
        `results any more. Was retention changed? Producer.ts without --append begins a new log.`,
    )
  }
  return new OperatingError(
    `${what}. Was the file copied from elsewhere, or did the broker lose the log's tail in a power cut? ${rebuild(partition)}`,
  )
}

/** The error for a log that lost records we have counted, whether or not it has grown again since. */
function diverged(
  { path, checkpoint: { partition, offset } }: OwnedPartition,
  topicName: string,
  { epoch, endOffset }: Fetched & { kind: 'diverged' },
) {
  return new OperatingError(
    `${basename(path)}: offset ${offset} counts records that ${where(topicName, partition)} no longer holds: ` +
      `its records of leader epoch ${epoch} end at offset ${endOffset}. Did the broker lose the ` +
      `log's tail in a power cut? ${rebuild(partition)}`,
  )
}

const where = (topicName: string, partition: number) => `${topicName}/${partition}`
const rebuild = (partition: number) =>
  `\`consumer.ts ${partition} --rebuild\` keeps the file in archive/ and counts again from offset 0.`
