import { create, toBinary } from '@bufbuild/protobuf'
import { ReportSchema } from '../../../files/report_pb.ts'

/** A record to be sent. */
export type SentRecord = {
  partition: number
  key: string
  value: Buffer
  header?: [name: string, value: Buffer]
}

/** What one of several producers does. The producer `plain` sends without transactions. */
export type Step =
  /** Starts a producer, or kills the one of that name and starts its successor, which aborts what that left open. */
  | { do: 'open'; producer: string; compression: string }
  | { do: 'begin'; producer: string }
  /** Hands a record over, so many times; it is sent by the next flush or commit. */
  | { do: 'send'; producer: string; record: SentRecord; times: number }
  | { do: 'flush' | 'commit' | 'abort'; producer: string }

const months: Record<string, [name: string, partition: number]> = {
  '01': ['January', 2],
  '02': ['February', 1],
  '03': ['March', 0],
  '04': ['April', 2],
  '05': ['May', 3],
  '06': ['June', 2],
  '07': ['July', 1],
  '08': ['August', 0],
  '09': ['September', 0],
  '10': ['October', 3],
  '11': ['November', 3],
  '12': ['December', 2],
}

/** A report, in the partition where Java's default partitioner puts its month. */
export function report(date: string, degrees: number, header?: SentRecord['header']): SentRecord {
  const [key, partition] = months[date.slice(5, 7)]!
  const value = Buffer.from(toBinary(ReportSchema, create(ReportSchema, { date, degrees })))
  return { partition, key, value, ...(header && { header }) }
}

export function open(producer: string, compression = 'none'): Step {
  return { do: 'open', producer, compression }
}

export function begin(producer: string): Step {
  return { do: 'begin', producer }
}

/** Hands records over. */
export function send(producer: string, ...records: SentRecord[]): Step[] {
  return records.map((record) => ({ do: 'send', producer, record, times: 1 }))
}

/** Hands the same record over many times. */
export function sendMany(producer: string, record: SentRecord, times: number): Step {
  return { do: 'send', producer, record, times }
}

export function flush(producer: string): Step {
  return { do: 'flush', producer }
}

export function commit(producer: string): Step {
  return { do: 'commit', producer }
}

export function abort(producer: string): Step {
  return { do: 'abort', producer }
}

/** Sends records without a transaction. */
export function plain(...records: SentRecord[]): Step[] {
  return [...send('plain', ...records), flush('plain')]
}

/** A whole transaction. */
export function transaction(producer: string, end: 'commit' | 'abort', ...records: SentRecord[]): Step[] {
  return [begin(producer), ...send(producer, ...records), flush(producer), { do: end, producer }]
}
