import assert from 'node:assert/strict'
import { fromBinary } from '@bufbuild/protobuf'
import { ReportSchema } from '../../../files/report_pb.ts'
import { expectedFile, type TopicRecord } from '../read-topic.ts'
import type { SentRecord, Step } from './steps.ts'

type Transaction = { state: 'open' | 'committed' | 'aborted'; partitions: Set<number> }
/** What has an offset of its own: a record, or the marker of a transaction's end. */
type Entry = { record: SentRecord | undefined; transaction: Transaction | undefined }

/** What a topic's log must hold after the steps that were noted, by the rules of Kafka's documentation and no client. */
export type ExpectedLog = {
  note: (step: Step) => void
  /** By partition: one past the last offset, markers and open transactions included. */
  ends: () => number[]
  /** By partition: where the oldest open transaction begins, else the log's end. */
  stableEnds: () => number[]
  /** What a reader of committed records gets, by partition and offset. */
  committed: () => TopicRecord[]
  /** What the file of a partition must hold, at its last stable offset or at an offset before it. */
  file: (partition: number, end?: number) => ReturnType<typeof expectedFile>
  /** What was aborted, up to the last stable offsets. */
  aborted: () => { partition: number; offset: number }[]
}

const partitions = [0, 1, 2, 3]

export function expectedLog(): ExpectedLog {
  const logs: Entry[][] = partitions.map(() => [])
  /** By producer: the records that it has not sent yet, and its transaction. */
  const unsent = new Map<string, SentRecord[]>()
  const current = new Map<string, Transaction>()

  const flush = (producer: string) => {
    const transaction = current.get(producer)
    for (const record of unsent.get(producer) ?? []) {
      logs[record.partition]!.push({ record, transaction })
      transaction?.partitions.add(record.partition)
    }
    unsent.delete(producer)
  }
  const end = (producer: string, state: 'committed' | 'aborted') => {
    const transaction = current.get(producer)!
    // Whether the broker knows a partition to which nothing was sent yet is a matter of chance.
    for (const { partition } of unsent.get(producer) ?? []) assert.ok(transaction.partitions.has(partition))
    unsent.delete(producer)
    transaction.state = state
    for (const partition of transaction.partitions)
      logs[partition]!.push({ record: undefined, transaction: undefined })
    current.delete(producer)
  }
  const note = (step: Step) => {
    const { producer } = step
    if (step.do === 'open' && current.has(producer)) end(producer, 'aborted')
    if (step.do === 'begin') current.set(producer, { state: 'open', partitions: new Set() })
    if (step.do === 'send') {
      const records = Array.from({ length: step.times }, () => step.record)
      unsent.set(producer, [...(unsent.get(producer) ?? []), ...records])
    }
    if (step.do === 'flush' || step.do === 'commit') flush(producer)
    if (step.do === 'commit') end(producer, 'committed')
    if (step.do === 'abort') end(producer, 'aborted')
  }

  const stableEnds = () =>
    logs.map((log) => {
      const firstOpen = log.findIndex(({ transaction }) => transaction?.state === 'open')
      return firstOpen < 0 ? log.length : firstOpen
    })
  const stable = () => {
    const ends = stableEnds()
    return logs.flatMap((log, partition) =>
      log.slice(0, ends[partition]).map((entry, offset) => ({ ...entry, partition, offset })),
    )
  }
  const committed = () =>
    stable().flatMap(({ record, transaction, partition, offset }) => {
      if (!record || transaction?.state === 'aborted') return []
      const { date, degrees } = fromBinary(ReportSchema, record.value)
      return [{ partition, offset, key: record.key, date, degrees }]
    })
  return {
    note,
    ends: () => logs.map((log) => log.length),
    stableEnds,
    committed,
    file: (partition, end = stableEnds()[partition]!) => {
      const before = committed().filter(({ offset }) => offset < end)
      return expectedFile(before, partition, end)
    },
    aborted: () =>
      stable()
        .filter(({ transaction }) => transaction?.state === 'aborted')
        .map(({ partition, offset }) => ({ partition, offset })),
  }
}
