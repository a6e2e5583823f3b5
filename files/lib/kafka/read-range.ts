import { OperatingError } from '../core/program.ts'
import type { Cluster } from './cluster.ts'
import type { FetchLimits } from './fetch.ts'
import type { Topic } from './metadata.ts'
import { type Fetched, type FetchedRecords, PartitionReader } from './partition-reader.ts'

/** Part of a partition's log: from offset `from` up to and without `until`. */
export type LogPart = { topicName: string; topic: Topic; partition: number; from: number; until: number }

export type RangeOptions = {
  cluster: Cluster
  signal: AbortSignal
  /** Tells the user of trouble, or of its end, in a line. */
  say?: (line: string) => void
  limits?: FetchLimits
  /** How long to wait for records while none come; 30 s. */
  patienceMs?: number
}

// An election takes up to 12 s; a leader's new high watermark comes at once after it.
const patienceMsUsual = 30_000

/**
 * Reads part of a partition's log, committed records alone, over leader changes and broker restarts.
 *
 * @returns record batches, which may begin before `from` and end after `until`; each is written over by the second after it
 * @throws OperatingError when the topic is another one by now, the log does not hold that part, or nothing comes for 30 s
 */
export async function* readRange(
  { topicName, topic, partition, from, until }: LogPart,
  { cluster, signal, say = () => {}, limits, patienceMs = patienceMsUsual }: RangeOptions,
): AsyncGenerator<FetchedRecords, void, undefined> {
  if (from >= until) return
  const where = `${topicName}/${partition}`
  const unreadable = (offset: number, why: string) =>
    new OperatingError(`${where}: the log cannot be read at offset ${offset}: ${why}.`)
  const partitionCount = topic.partitions.length
  const isOldTopic = () => false
  const reader = new PartitionReader({ cluster, topicName, partitionCount, isOldTopic, say, signal, limits })
  let offset = from
  let endOffset = -1
  let deadline = performance.now() + patienceMs
  try {
    while (offset < until) {
      const fetched: Fetched | undefined = await reader.read(deadline - performance.now())
      signal.throwIfAborted()
      if (fetched?.kind === 'topic') {
        if (fetched.topic.id !== topic.id) throw unreadable(offset, 'the topic was deleted and recreated')
        reader.begin(fetched.topic, [{ partition, offset, lastFetchedEpoch: -1 }])
      } else if (fetched?.kind === 'records') {
        endOffset = fetched.endOffset
        if (fetched.nextOffset > offset) {
          offset = fetched.nextOffset
          yield fetched
          // From here on: the time that the caller took is not the broker's.
          deadline = performance.now() + patienceMs
        }
      } else if (fetched?.kind === 'out of range') {
        throw unreadable(offset, `it holds offsets ${fetched.logStart} to ${fetched.logEnd}`)
      } else if (fetched) throw unreadable(offset, `its records were replaced in the meantime`)
      if (offset < until && performance.now() >= deadline)
        throw unreadable(offset, endOffset < 0 ? 'no broker answers' : `it ends at offset ${endOffset}`)
    }
  } finally {
    reader.close()
  }
}
