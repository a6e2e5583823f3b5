import { fromBinary } from '@bufbuild/protobuf'
import { ReportSchema } from '../files/report_pb.ts'
import { readBatch } from '../test/support/read-batch.ts'

/** A record on its way into the log, as a produce request has it. */
export type SentRecord = { partition: number; key: string; date: string; degrees: number }

/** What a broker answers for the batch of one partition. */
export type Answer = { partition: number; errorCode: number; baseOffset: number }

const produceKey = 0
// Those with compact strings and arrays, and with the topic by its name: what @platformatic/kafka 2.12 speaks.
const [firstVersion, lastVersion] = [9, 11]

/** A request's frame, from its size on, is of an API key, has a version and the number that its response has too. */
export function readRequestHead(frame: Buffer) {
  return { isProduce: frame.readInt16BE(4) === produceKey, correlationId: frame.readInt32BE(8) }
}

/** The number that tells to which request a response's frame belongs. */
export function readCorrelationId(frame: Buffer): number {
  return frame.readInt32BE(4)
}

/**
 * Reads the records of a produce request.
 *
 * @throws when it is of a version that is not known here
 * @see {@link https://kafka.apache.org/protocol#The_Messages_Produce}
 */
export function readProduceRequest(frame: Buffer): SentRecord[] {
  const version = frame.readInt16BE(6)
  if (version < firstVersion || version > lastVersion)
    throw new Error(`produce request of version ${version}`)
  const reader = openReader(frame, 12)
  reader.skip(Math.max(reader.int16(), 0)) // client id
  reader.tags()
  reader.skip(reader.length()) // transactional id
  reader.skip(2 + 4) // acks, time-out
  const records: SentRecord[] = []
  for (let topics = reader.length(); topics > 0; topics--) {
    reader.skip(reader.length())
    for (let partitions = reader.length(); partitions > 0; partitions--) {
      const partition = reader.int32()
      records.push(...readRecords(partition, reader.take(reader.length())))
      reader.tags()
    }
    reader.tags()
  }
  return records
}

/** Reads what a produce response says of each partition. */
export function readProduceResponse(frame: Buffer): Answer[] {
  const reader = openReader(frame, 8)
  reader.tags()
  const answers: Answer[] = []
  for (let topics = reader.length(); topics > 0; topics--) {
    reader.skip(reader.length())
    for (let partitions = reader.length(); partitions > 0; partitions--) {
      answers.push({ partition: reader.int32(), errorCode: reader.int16(), baseOffset: reader.int64() })
      reader.skip(8 + 8) // log append time, log start offset
      for (let errors = reader.length(); errors > 0; errors--) {
        reader.skip(4)
        reader.skip(reader.length())
        reader.tags()
      }
      reader.skip(reader.length()) // error message
      reader.tags()
    }
    reader.tags()
  }
  return answers
}

function readRecords(partition: number, bytes: Buffer): SentRecord[] {
  const records: SentRecord[] = []
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) {
    for (const { key, value } of readBatch(bytes.subarray(at))) {
      const { date, degrees } = fromBinary(ReportSchema, value!)
      records.push({ partition, key: key!.toString(), date, degrees })
    }
  }
  return records
}

function openReader(bytes: Buffer, start: number) {
  let at = start
  const skip = (length: number) => {
    at += length
  }
  const take = (length: number) => {
    skip(length)
    return bytes.subarray(at - length, at)
  }
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = take(1)[0]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  const tags = () => {
    for (let left = varint(); left > 0; left--) {
      varint() // its number
      skip(varint())
    }
  }
  // Of a compact string or array: one more than it has, 0 for a null.
  const length = () => Math.max(varint() - 1, 0)
  const [int16, int32] = [() => take(2).readInt16BE(), () => take(4).readInt32BE()]
  return { take, skip, tags, length, int16, int32, int64: () => Number(take(8).readBigInt64BE()) }
}
