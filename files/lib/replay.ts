import type { Admin, ConnectionPool } from '@platformatic/kafka'
import { tryAgain } from './connect.ts'
import { fetchBatches, type Position } from './fetch.ts'
import { OperatingError } from './program.ts'
import { decodeRecords, emptyColumns, readBatchHeader } from './record-batch.ts'
import { describeTopic, type Topic } from './topic.ts'
import type { Epoch } from './topic-memory.ts'

/** One record of the log as verify.ts sees it. */
export type ReplayedRecord = { offset: number; key: Buffer | null; value: Buffer | null }

/** What was passed on the way besides the records. */
export type Replay = { logStart: number; epochs: Epoch[] }

const limits = { waitMs: 500, partitionBytesMax: 8 << 20, responseBytesMax: 16 << 20 }

/** Finds the topic, or says what is missing. */
export async function findTopic(client: Admin, name: string): Promise<Topic> {
  const topic = await tryAgain(`Looking for ${name}`, () => describeTopic(client, name))
  if (topic) return topic
  throw new OperatingError(
    `Topic ${name} is not there, so there is nothing to verify against. Has the producer run?`,
  )
}

/**
 * Reads a partition's log from its start up to an offset, and hands on each record once, in order.
 *
 * @param until the offset past the last record wanted
 * @param take returns false to end the replay before that record
 * @throws OperatingError when the log ends before `until`, or a batch is damaged
 */
export async function replay(
  { pool, topic, name }: { pool: ConnectionPool; topic: Topic; name: string },
  partition: number,
  logStart: number,
  until: number,
  take: (record: ReplayedRecord) => boolean,
): Promise<Replay> {
  const { leader, leaderEpoch } = topic.partitions[partition]!
  if (!leader) throw new OperatingError(`${name}/${partition}: has no leader now. Is each of its brokers up?`)
  const epochs: Epoch[] = []
  const position: Position = { partition, offset: logStart, leaderEpoch, lastFetchedEpoch: -1 }
  while (position.offset < until) {
    const [answer] = await tryAgain(`Reading ${name}/${partition}`, () =>
      fetchBatches(pool, new Map(), leader, topic.id, [position], limits),
    )
    if (answer?.errorCode !== 0) throw unreadable(name, position, `error code ${answer?.errorCode}`)
    if (answer.endOffset < until)
      throw unreadable(name, position, `it ends at offset ${answer.endOffset}, before ${until}`)
    const before = position.offset
    if (!takeBatches(answer.batches, position, until, epochs, take)) break
    if (position.offset === before && answer.batches.length > 0)
      throw unreadable(name, position, 'its batch is cut short')
  }
  return { logStart, epochs }
}

// Reused from batch to batch.
const columns = emptyColumns()

function takeBatches(
  bytes: Buffer,
  position: Position,
  until: number,
  epochs: Epoch[],
  take: (record: ReplayedRecord) => boolean,
): boolean {
  for (let header = readBatchHeader(bytes, 0); header && position.offset < until; ) {
    decodeRecords(bytes, header, columns)
    if (header.nextOffset > position.offset) {
      if (header.leaderEpoch > (epochs.at(-1)?.[0] ?? -1))
        epochs.push([header.leaderEpoch, header.baseOffset])
      if (!header.isControl && !takeRecords(position.offset, until, take)) return false
      position.offset = header.nextOffset
    }
    header = readBatchHeader(bytes, header.position + header.byteLength)
  }
  return true
}

function takeRecords(from: number, until: number, take: (record: ReplayedRecord) => boolean): boolean {
  const { count, offsets, keyStarts, keyEnds, valueStarts, valueEnds } = columns
  for (let i = 0; i < count; i++) {
    const offset = offsets[i]!
    if (offset < from || offset >= until) continue
    const key = range(keyStarts[i]!, keyEnds[i]!)
    if (!take({ offset, key, value: range(valueStarts[i]!, valueEnds[i]!) })) return false
  }
  return true
}

function range(start: number, end: number): Buffer | null {
  return start < 0 ? null : columns.bytes.subarray(start, end)
}

function unreadable(name: string, { partition, offset }: Position, why: string): OperatingError {
  return new OperatingError(`${name}/${partition}: the log cannot be read at offset ${offset}: ${why}.`)
}
