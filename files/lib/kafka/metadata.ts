import type { Address } from '../core/address.ts'
import { OperatingError } from '../core/program.ts'
import { type Exchange, errorName } from './api.ts'
import type { ResponseReader } from './wire.ts'

/** A topic as the cluster knows it now, and how many brokers that has. Two topics that bore the same name have different ids. */
export type Topic = { id: string; partitions: TopicPartition[]; brokers: number }

/** A partition's leader is undefined while the cluster elects one, or while its only broker is away. */
export type TopicPartition = { leader: Address | undefined; leaderEpoch: number }

/** What one broker knows of the cluster and of a topic; without the topic where it knows none of that name. */
export type Metadata = { brokers: Address[]; topic: Topic | undefined }

/** Asks a broker for the cluster's brokers and one topic. */
export function metadataExchange(topicName: string): Exchange<Metadata> {
  return {
    // 12 is Kafka 3.1, where topic ids are whole.
    api: { name: 'Metadata', key: 3, versions: [12, 13] },
    write: (writer) => {
      const anyId = '0'.repeat(32)
      writer.compactArray([topicName], (name) => writer.uuid(anyId).compactString(name).noTags())
      writer.int8(0) // do not create the topic
      writer.int8(0) // no authorized operations
      writer.noTags()
    },
    read: (reader, version) => readMetadata(reader, version, topicName),
  }
}

function readMetadata(reader: ResponseReader, version: number, topicName: string): Metadata {
  reader.int32() // throttle time: the broker itself delays the answer
  const brokers = new Map(reader.compactArray(() => readBroker(reader)))
  reader.compactString() // cluster id
  reader.int32() // controller
  const topics = reader.compactArray(() => readTopic(reader, topicName, brokers))
  const error = version >= 13 ? reader.int16() : 0
  if (error !== 0) throw unreadable(topicName, error)
  return { brokers: [...brokers.values()], topic: topics[0] }
}

function readBroker(reader: ResponseReader): [id: number, address: Address] {
  const id = reader.int32()
  const address = { host: reader.compactString() ?? '', port: reader.int32() }
  reader.compactString() // rack
  reader.tags()
  return [id, address]
}

// The topic may not be there, or be there without leaders: both are answers.
const passing = new Set(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_ID'])

function readTopic(reader: ResponseReader, topicName: string, brokers: ReadonlyMap<number, Address>) {
  const error = reader.int16()
  reader.compactString() // name
  const id = reader.uuid()
  reader.int8() // internal
  const partitions: TopicPartition[] = []
  reader.compactArray(() => {
    reader.int16() // error code: a leader that is not there says the same
    const partition = reader.int32()
    const leaderId = reader.int32()
    partitions[partition] = { leader: brokers.get(leaderId), leaderEpoch: reader.int32() }
    for (const _ of ['replicas', 'in sync', 'offline']) reader.compactArray(() => reader.int32())
    reader.tags()
  })
  reader.int32() // authorized operations
  reader.tags()
  if (!passing.has(errorName(error))) throw unreadable(topicName, error)
  return partitions.length > 0 ? { id, partitions, brokers: brokers.size } : undefined
}

function unreadable(topicName: string, error: number): OperatingError {
  const advice =
    errorName(error) === 'TOPIC_AUTHORIZATION_FAILED'
      ? ' Allow this user to describe and read the topic.'
      : ' Check TOPIC and the broker.'
  return new OperatingError(`${topicName}: the broker answers ${errorName(error)}.${advice}`)
}

/**
 * Checks that a topic has as many partitions as its keys are shared out over.
 *
 * @throws OperatingError when it has not
 */
export function checkPartitionCount({ partitions }: Topic, name: string, expected: number): void {
  if (partitions.length === expected) return
  throw new OperatingError(
    `Topic ${name} has ${partitions.length} partitions: expected ${expected}. Kafka cannot take partitions away. To start ` +
      'over, run producer.ts without --append: it deletes the topic with all its records. To keep it, set another TOPIC.',
  )
}
