import { OperatingError } from '../core/program.ts'
import type { Epoch } from '../engine/topic-memory.ts'
import type { Cluster } from '../kafka/cluster.ts'
import { checkPartitionCount, type Topic } from '../kafka/metadata.ts'
import type { FetchedRecords } from '../kafka/partition-reader.ts'
import { batchesOf } from '../kafka/read-committed.ts'
import { readRange } from '../kafka/read-range.ts'
import { nextRecord } from '../kafka/record-batch.ts'
import { retry } from '../kafka/retry.ts'
import { partitionCount } from '../weather/partitions.ts'
import type { LoggedRecord } from './recount.ts'

/**
 * Takes a record of the log, which holds until the next one is taken; false ends the replay before that record.
 *
 * @param isAborted whether its transaction was aborted
 */
export type TakeRecord = (record: LoggedRecord, isAborted: boolean) => boolean

/** What was passed on the way besides the records. */
export type Replay = { logStart: number; epochs: Epoch[] }

const limits = { waitMs: 500, bytesMax: 1 << 20 }

/** Finds the topic, or says what is missing. @throws OperatingError also when it has not four partitions */
export async function findTopic(cluster: Cluster, name: string): Promise<Topic> {
  const topic = await retry(`Looking for ${name}`, () => cluster.describeTopic(name))
  if (topic) {
    checkPartitionCount(topic, name, partitionCount)
    return topic
  }
  throw new OperatingError(
    `Topic ${name} is not there, so there is nothing to verify against. Has the producer run?`,
  )
}

/** The log that is replayed; `say` tells the user of trouble with it. */
export type ReplayedLog = {
  cluster: Cluster
  topic: Topic
  name: string
  signal: AbortSignal
  say: (line: string) => void
}

/**
 * Reads a partition's log from its start up to an offset, and hands on each record once, in order.
 *
 * @param until the offset past the last record wanted
 * @param onProgress told how far it has come, now and then
 * @throws OperatingError when the log ends before `until`, or a batch is damaged
 */
export async function replay(
  { cluster, topic, name, signal, say }: ReplayedLog,
  partition: number,
  logStart: number,
  until: number,
  take: TakeRecord,
  onProgress?: (offset: number) => void,
): Promise<Replay> {
  const epochs: Epoch[] = []
  const progress = { offset: logStart }
  const part = { topicName: name, topic, partition, from: logStart, until }
  for await (const fetched of readRange(part, { cluster, signal, say, limits })) {
    if (!takeBatches(fetched, progress, until, epochs, take)) break
    onProgress?.(progress.offset)
  }
  return { logStart, epochs }
}

function takeBatches(
  fetched: FetchedRecords,
  progress: { offset: number },
  until: number,
  epochs: Epoch[],
  take: TakeRecord,
): boolean {
  for (const { header, visibility, records } of batchesOf(fetched)) {
    if (progress.offset >= until) break
    if (header.nextOffset > progress.offset && header.leaderEpoch > (epochs.at(-1)?.[0] ?? -1))
      epochs.push([header.leaderEpoch, header.baseOffset])
    // To its end, whatever is wanted of it: so its records are known to be whole.
    const from = progress.offset
    while (nextRecord(records)) {
      const { offset } = records
      if (visibility === 'control' || offset < from || offset >= until) continue
      if (!take(records, visibility === 'aborted')) return false
    }
    progress.offset = Math.max(progress.offset, header.nextOffset)
  }
  return true
}
