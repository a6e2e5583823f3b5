/*
 * What a broker answers, in Kafka's bytes. Field by field as in Kafka's message definitions; what decides which answer it is
 * follows Partition.scala, ReplicaManager.scala and KafkaApis.scala. test/simulation-conformance.test.ts holds it
 * against a real broker.
 */
import { FieldReader, FieldWriter } from './bytes.ts'
import type { BrokerSettings, ClusterView, PartitionView } from './cluster-view.ts'
import type { Replica } from './replica.ts'

/** What a broker answers from. */
type Broker = {
  readonly id: number
  readonly settings: BrokerSettings
  readonly view: ClusterView
  find: (topicId: string, partition: number) => { view: PartitionView; replica: Replica } | undefined
}

/** An answer that waits until there is something to say, at most so long. */
type Patient = { waitMs: number; poll: (isLate: boolean) => Buffer | undefined }

type Header = { key: number; version: number; correlationId: number }

export const requestKeys = { fetch: 1, listOffsets: 2, metadata: 3, apiVersions: 18, describeConfigs: 32 }

const errors = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  unsupportedVersion: 35,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  offsetNotAvailable: 78,
  unknownTopicId: 100,
}

/** Answers a request; undefined for one that no broker takes, and whose connection it closes. */
export function answerTo(broker: Broker, request: Buffer): Buffer | Patient | undefined {
  const reader = new FieldReader(request)
  const header = { key: reader.int16(), version: reader.int16(), correlationId: reader.int32() }
  reader.oldString() // client id
  const { key, version } = header
  const [oldest, newest] = broker.settings.versions.get(key) ?? [0, -1]
  if (key === requestKeys.apiVersions) return apiVersions(broker, header, version <= newest)
  if (version < oldest || version > newest) return undefined
  reader.tags()
  if (key === requestKeys.metadata) return metadata(broker, header, reader)
  if (key === requestKeys.listOffsets) return listOffsets(broker, header, reader)
  if (key === requestKeys.fetch) return fetch(broker, header, reader)
  if (key === requestKeys.describeConfigs) return describeConfigs(broker, header, reader)
  return undefined
}

function begin({ correlationId }: Header): FieldWriter {
  return new FieldWriter().int32(correlationId).noTags()
}

function apiVersions(broker: Broker, { version, correlationId }: Header, isKnown: boolean): Buffer {
  // Whoever asks in a version that we do not know reads at least version 0. The header has no tags in any version.
  const writer = new FieldWriter().int32(correlationId)
  const all = [...broker.settings.versions]
  if (!isKnown || version < 3) {
    writer.int16(isKnown ? errors.none : errors.unsupportedVersion).int32(all.length)
    for (const [key, [oldest, newest]] of all) writer.int16(key).int16(oldest).int16(newest)
    return writer.whole()
  }
  writer.int16(errors.none)
  writer.array(all, ([key, [oldest, newest]]) => writer.int16(key).int16(oldest).int16(newest).noTags())
  return writer.int32(0).noTags().whole()
}

function metadata(broker: Broker, header: Header, reader: FieldReader): Buffer {
  const names = reader.array(() => {
    reader.uuid()
    const name = reader.string() ?? ''
    reader.tags()
    return name
  })
  const { brokers, topics } = broker.view
  const writer = begin(header).int32(0)
  writer.array(brokers, ({ id, port }) =>
    writer.int32(id).string('127.0.0.1').int32(port).string(null).noTags(),
  )
  writer.string('simulated').int32(brokers[0]?.id ?? -1)
  writer.array(names, (name) => {
    const topic = topics.get(name)
    writer.int16(topic ? errors.none : errors.unknownTopicOrPartition).string(name)
    writer.uuid(topic?.id ?? '0'.repeat(32)).int8(0)
    writer.array(
      [...(topic?.partitions ?? []).entries()],
      ([index, { leader, leaderEpoch, replicas, inSync }]) => {
        const isLed = brokers.some(({ id }) => id === leader)
        writer.int16(isLed ? errors.none : errors.leaderNotAvailable).int32(index)
        writer.int32(isLed ? leader : -1).int32(leaderEpoch)
        const offline = replicas.filter((id) => !brokers.some((one) => one.id === id))
        for (const ids of [replicas, inSync, offline]) writer.array(ids, (id) => writer.int32(id))
        writer.noTags()
      },
    )
    writer.int32(-(2 ** 31)).noTags()
  })
  if (header.version >= 13) writer.int16(errors.none)
  return writer.noTags().whole()
}

const timestamps = { latest: -1, earliest: -2 }

function listOffsets(broker: Broker, header: Header, reader: FieldReader): Buffer {
  reader.int32() // replica
  const isCommitted = reader.int8() === 1
  const topics = reader.array(() => {
    const name = reader.string() ?? ''
    const partitions = reader.array(() => {
      const asked = { partition: reader.int32(), epoch: reader.int32(), timestamp: reader.int64() }
      reader.tags()
      return asked
    })
    reader.tags()
    return { name, partitions }
  })
  const writer = begin(header).int32(0)
  writer.array(topics, ({ name, partitions }) => {
    writer.string(name)
    writer.array(partitions, ({ partition, epoch, timestamp }) => {
      const { error, offset, leaderEpoch } = listOffset(broker, {
        name,
        partition,
        epoch,
        timestamp,
        isCommitted,
      })
      writer.int32(partition).int16(error).int64(-1).int64(offset).int32(leaderEpoch).noTags()
    })
    writer.noTags()
  })
  return writer.noTags().whole()
}

type OffsetAsked = { name: string; partition: number; epoch: number; timestamp: number; isCommitted: boolean }

function listOffset(broker: Broker, { name, partition, epoch, timestamp, isCommitted }: OffsetAsked) {
  const failed = (error: number) => ({ error, offset: -1, leaderEpoch: -1 })
  const id = broker.view.topics.get(name)?.id
  const found = id === undefined ? undefined : broker.find(id, partition)
  if (!found) return failed(errors.unknownTopicOrPartition)
  const { view, replica } = found
  const error = judgeEpoch(epoch, view.leaderEpoch)
  if (error) return failed(error)
  if (view.leader !== broker.id) return failed(errors.notLeaderOrFollower)
  const epochAt = (offset: number) => replica.epochs.findLast(({ start }) => start <= offset)?.epoch ?? -1
  if (timestamp === timestamps.earliest) {
    return { error: 0, offset: replica.logStart, leaderEpoch: epochAt(replica.logStart) }
  }
  const offset = isCommitted ? replica.lastStableOffset : replica.highWatermark
  // A new leader does not know yet what was committed before it.
  const begun = replica.epochs.find((one) => one.epoch === view.leaderEpoch)?.start ?? 0
  if (offset < begun && replica.highWatermark < begun) return failed(errors.offsetNotAvailable)
  return { error: 0, offset, leaderEpoch: view.leaderEpoch }
}

function judgeEpoch(asked: number, known: number): number {
  if (asked === -1 || asked === known) return errors.none
  return asked < known ? errors.fencedLeaderEpoch : errors.unknownLeaderEpoch
}

type FetchAsked = {
  topicId: string
  partition: number
  epoch: number
  offset: number
  lastEpoch: number
  bytesMax: number
}

function fetch(broker: Broker, header: Header, reader: FieldReader): Patient {
  if (header.version < 15) reader.int32() // replica
  const waitMs = reader.int32()
  const bytesMin = reader.int32()
  const bytesMax = Math.min(reader.int32(), broker.settings.fetchBytesMax)
  const isCommitted = reader.int8() === 1
  reader.int32() // session
  reader.int32() // its epoch
  const asked = reader.array(() => {
    const topicId = reader.uuid()
    const partitions = reader.array((): FetchAsked => {
      const [partition, epoch, offset, lastEpoch] = [
        reader.int32(),
        reader.int32(),
        reader.int64(),
        reader.int32(),
      ]
      reader.int64() // log start, of replicas
      const one = {
        topicId,
        partition,
        epoch,
        offset,
        lastEpoch,
        bytesMax: Math.min(reader.int32(), bytesMax),
      }
      reader.tags()
      return one
    })
    reader.tags()
    return { topicId, partitions }
  })
  const poll = (isLate: boolean) => {
    const answers = asked.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map((one) => ({ ...one, ...fetchPartition(broker, one, isCommitted) })),
    }))
    const all = answers.flatMap(({ partitions }) => partitions)
    const size = all.reduce((sum, { bytes }) => sum + bytes.length, 0)
    if (!isLate && size < bytesMin && all.every(({ error, diverging }) => !error && !diverging))
      return undefined
    return writeFetch(header, answers)
  }
  return { waitMs, poll }
}

type FetchAnswer = ReturnType<typeof fetchPartition> & FetchAsked

function writeFetch(header: Header, answers: { topicId: string; partitions: FetchAnswer[] }[]): Buffer {
  const writer = begin(header).int32(0).int16(errors.none).int32(0)
  writer.array(answers, ({ topicId, partitions }) => {
    writer.uuid(topicId).array(partitions, (one) => {
      writer.int32(one.partition).int16(one.error)
      writer.int64(one.highWatermark).int64(one.lastStableOffset).int64(one.logStart)
      if (one.aborted)
        writer.array(one.aborted, ({ producerId, first }) => writer.int64(producerId).int64(first).noTags())
      else writer.unsignedVarint(0)
      writer.int32(-1).bytes(one.bytes)
      const { diverging } = one
      if (diverging) writer.tag(0, (field) => field.int32(diverging.epoch).int64(diverging.end).noTags())
      else writer.noTags()
    })
    writer.noTags()
  })
  return writer.noTags().whole()
}

const noBytes = Buffer.alloc(0)

function fetchPartition(broker: Broker, asked: FetchAsked, isCommitted: boolean) {
  const { topicId, partition, epoch, offset, lastEpoch, bytesMax } = asked
  const failed = (error: number) => ({
    error,
    highWatermark: -1,
    lastStableOffset: -1,
    logStart: -1,
    aborted: undefined,
    bytes: noBytes,
    diverging: undefined,
  })
  const isKnown = broker.view.topics.values().some(({ id }) => id === topicId)
  if (!isKnown) return failed(errors.unknownTopicId)
  const found = broker.find(topicId, partition)
  if (!found) return failed(errors.unknownTopicOrPartition)
  const { view, replica } = found
  const error = judgeEpoch(epoch, view.leaderEpoch)
  if (error) return failed(error)
  const { highWatermark, logStart, logEnd, lastStableOffset } = replica
  const marks = { error: errors.none, highWatermark, lastStableOffset, logStart }
  if (lastEpoch >= 0) {
    const end = replica.endOfEpoch(lastEpoch)
    if (end.epoch < 0) return failed(errors.offsetOutOfRange)
    if (offset < logStart) return failed(errors.offsetOutOfRange)
    if (end.epoch < lastEpoch || end.end < offset)
      return { ...marks, aborted: undefined, bytes: noBytes, diverging: end }
  }
  if (offset < logStart || offset > logEnd) return failed(errors.offsetOutOfRange)
  const until = isCommitted ? lastStableOffset : highWatermark
  const bytes = replica.read(offset, until, bytesMax)
  // Kafka looks up in a sparse index where the answer ends: in a segment this small it finds none, and names all to the end.
  const all = bytes.length > 0 ? replica.abortedBetween(offset, logEnd) : []
  const aborted = isCommitted ? all : undefined
  return { ...marks, aborted, bytes, diverging: undefined }
}

function describeConfigs(broker: Broker, header: Header, reader: FieldReader): Buffer {
  const resources = reader.array(() => {
    reader.int8() // a topic
    const name = reader.string() ?? ''
    const keys = reader.array(() => reader.string() ?? '')
    reader.tags()
    return { name, keys }
  })
  const { topicConfigs } = broker.settings
  const writer = begin(header).int32(0)
  writer.array(resources, ({ name, keys }) => {
    const isThere = broker.view.topics.has(name)
    writer
      .int16(isThere ? errors.none : errors.unknownTopicOrPartition)
      .string(null)
      .int8(2)
      .string(name)
    writer.array(isThere ? keys.filter((key) => topicConfigs.has(key)) : [], (key) => {
      writer.string(key).string(topicConfigs.get(key)!).int8(0).int8(5).int8(0)
      writer
        .array([], () => {})
        .int8(0)
        .string(null)
        .noTags()
    })
    writer.noTags()
  })
  return writer.noTags().whole()
}
