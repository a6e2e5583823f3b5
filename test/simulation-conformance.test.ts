/*
 * Keeps the simulated broker honest: the same requests, byte for byte, go to it and to a real one that holds the same log,
 * and the answers are compared field by field.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { freePort } from '../broker/ports.ts'
import { startBroker } from '../broker/start-broker.ts'
import { recreateTopic } from '../files/lib/topic/open-topic.ts'
import { Clock } from '../simulation/clock.ts'
import { answerTo, requestKeys } from '../simulation/kafka/answer.ts'
import { Broker } from '../simulation/kafka/broker.ts'
import { FieldReader, FieldWriter } from '../simulation/kafka/bytes.ts'
import { type Batch, Replica } from '../simulation/kafka/replica.ts'
import { randomStream } from '../simulation/random.ts'
import { startAdmin, uniqueTopic } from './support/kafka.ts'
import { temporaryFolder } from './support/program.ts'
import { startJava } from './support/transactions/java.ts'
import { abort, begin, commit, flush, plain, report, send } from './support/transactions/steps.ts'
import { beginScript } from './support/transactions/writer.ts'

const partition = 0
// March is in partition 0.
const day = (number: number) => report(`1990-03-${String(number).padStart(2, '0')}`, number)

test('the simulated broker answers as a real one does', async (t) => {
  const site = await startSite(t)
  await site.play([
    ...plain(day(1), day(2)),
    ...[begin('a'), ...send('a', day(3), day(4)), flush('a'), begin('b'), ...send('b', day(5)), flush('b')],
    ...[...plain(day(6)), abort('a'), begin('a'), ...send('a', day(7)), flush('a'), commit('a'), commit('b')],
  ])
  await t.test('with transactions that were committed and aborted', () => site.compare())
  await site.restart()
  await site.play([
    ...plain(day(8)),
    begin('c'),
    ...send('c', day(9), day(10)),
    flush('c'),
    ...plain(day(11)),
  ])
  await t.test('after its restart, in another leader epoch, with a transaction that is open', () =>
    site.compare(),
  )
  await site.restart()
  await site.play([...plain(day(12)), abort('c')])
  await t.test('in a third epoch', () => site.compare())
  await site.trim(4)
  await t.test('with a log that was trimmed', () => site.compare())
  const old = site.topicId
  await site.recreate()
  await t.test('with a topic that was created anew, asked for the old one', () => site.compare(old))
})

async function startSite(t: TestContext) {
  const directory = await temporaryFolder(t)
  const port = await freePort('127.0.0.1')
  let broker = await startBroker({ directory, port })
  t.after(() => broker.stop())
  const name = uniqueTopic()
  const admin = startAdmin(t, broker.address)
  let topicId = (await recreateTopic(admin, name, 1, t.signal)).id
  const writer = await startJava('Producers.java', broker.address)
  t.after(() => writer.kill())
  const script = beginScript(writer, admin, name)
  let replica = new Replica()
  const compare = async (asked = topicId) => {
    const socket = await open(t, port)
    replica = await compareAnswers(socket, name, topicId, asked, replica)
    socket.destroy()
  }
  return {
    play: script.play,
    compare,
    get topicId() {
      return topicId
    },
    restart: async () => {
      await broker.stop()
      broker = await startBroker({ directory, port })
    },
    trim: async (offset: number) => {
      await admin.deleteRecords({ topics: [{ name, partitions: [{ partition, offset: BigInt(offset) }] }] })
    },
    recreate: async () => {
      topicId = (await recreateTopic(admin, name, 1, t.signal)).id
    },
  }
}

// ── The same log in both ─────────────────────────────────────────────────────────────────────────────────────────────

/** Holds the answers of the broker behind `socket` against those of a simulated one with the same log. */
async function compareAnswers(
  socket: Socket,
  name: string,
  topicId: string,
  askedId: string,
  before: Replica,
): Promise<Replica> {
  const ask = askOver(socket)
  const known = readMetadata(await ask(metadataRequest(name)))
  const { leaderEpoch } = known.topics[0]!.partitions.find(({ index }) => index === partition)!
  const [start] = readOffsets(await ask(offsetsRequest(name, { epoch: -1, timestamp: -2, isolation: 0 })))
  // What was trimmed cannot be read any more, and is there all the same: it is as it was read before.
  const replica = start!.offset > 0 ? before : await readReplica(ask, topicId, leaderEpoch)
  replica.trim(start!.offset)
  const broker = simulatedBroker(name, topicId, leaderEpoch, replica)
  const requests = [
    ...fetchRequests(askedId, leaderEpoch, replica),
    ...listOffsetsRequests(name, leaderEpoch),
    ...describeConfigsRequests(name),
  ]
  for (const { what, bytes, read } of requests) {
    const simulated = answerTo(broker, bytes)
    assert.ok(simulated, what)
    const answer = Buffer.isBuffer(simulated) ? simulated : simulated.poll(true)!
    assert.deepEqual(read(answer), read(await ask(bytes)), what)
  }
  const ours = readMetadata(answerTo(broker, metadataRequest(name)) as Buffer)
  assert.deepEqual(ours.topics, known.topics)
  return replica
}

function simulatedBroker(name: string, id: string, leaderEpoch: number, replica: Replica): Broker {
  const versions = new Map([
    [requestKeys.fetch, [4, 18] as const],
    [requestKeys.listOffsets, [1, 11] as const],
    [requestKeys.metadata, [0, 13] as const],
    [requestKeys.describeConfigs, [1, 4] as const],
  ])
  const topicConfigs = new Map([
    ['cleanup.policy', 'delete'],
    ['retention.ms', '-1'],
    ['retention.bytes', '-1'],
  ])
  const view = { leader: 1, leaderEpoch, replicas: [1], inSync: [1] }
  const partitions = [0, 1, 2, 3].map(() => view)
  const topics = new Map([[name, { name, id, partitions }]])
  const brokers = [{ id: 1, port: 9091 }]
  const settings = { versions, topicConfigs, fetchBytesMax: 55 * 2 ** 20 }
  const broker = new Broker(
    1,
    settings,
    { version: 1, brokers, topics },
    new Clock(),
    randomStream(1, 'broker'),
  )
  broker.replicas.set(`${id}/${partition}`, replica)
  return broker
}

type Ask = (request: Buffer) => Promise<Buffer>

/** Reads the whole log as it lies there, open transactions and markers too. */
async function readReplica(ask: Ask, topicId: string, leaderEpoch: number): Promise<Replica> {
  const replica = new Replica()
  const range = { epoch: -1, lastEpoch: -1, isolation: 0, bytesMax: 1 << 20 }
  for (let offset = 0; ; ) {
    const [answer] = readFetch(await ask(fetchRequest(17, topicId, { ...range, offset })), 17)
    const batches = splitBatches(answer!.bytes)
    for (const batch of batches) replica.append(batch)
    if (batches.length === 0) break
    offset = replica.logEnd
  }
  replica.highWatermark = replica.logEnd
  if ((replica.epochs.at(-1)?.epoch ?? -1) < leaderEpoch) replica.beginEpoch(leaderEpoch)
  return replica
}

function splitBatches(bytes: Buffer): Batch[] {
  const batches: Batch[] = []
  for (let at = 0; at + 12 <= bytes.length; ) {
    const batch = bytes.subarray(at, at + 12 + bytes.readInt32BE(at + 8))
    const baseOffset = Number(batch.readBigInt64BE())
    const attributes = batch.readInt16BE(21)
    const isMarker = (attributes & 0x20) !== 0
    batches.push({
      bytes: batch,
      baseOffset,
      nextOffset: baseOffset + batch.readInt32BE(23) + 1,
      leaderEpoch: batch.readInt32BE(12),
      producerId: (attributes & 0x10) !== 0 ? batch.readBigInt64BE(43) : undefined,
      // The record: length, attributes, time, offset, length of the key, its version, its type.
      marker: isMarker ? (batch.readInt16BE(61 + 7) === 0 ? 'abort' : 'commit') : undefined,
      records: [],
    })
    at += batch.length
  }
  return batches
}

// ── Requests, and what their answers say ─────────────────────────────────────────────────────────────────────────────

type Request = { what: string; bytes: Buffer; read: (answer: Buffer) => unknown }

function head(key: number, version: number): FieldWriter {
  return new FieldWriter().int16(key).int16(version).int32(7).int16(-1).noTags()
}

function body(answer: Buffer): FieldReader {
  const reader = new FieldReader(answer)
  assert.equal(reader.int32(), 7)
  reader.tags()
  return reader
}

type FetchAsked = { offset: number; epoch: number; lastEpoch: number; isolation: number; bytesMax: number }

function fetchRequest(version: number, topicId: string, asked: FetchAsked): Buffer {
  const { offset, epoch, lastEpoch, isolation, bytesMax } = asked
  const writer = head(requestKeys.fetch, version)
  if (version < 15) writer.int32(-1)
  writer.int32(0).int32(1).int32(bytesMax).int8(isolation).int32(0).int32(-1)
  writer.array([topicId], (id) => {
    writer.uuid(id).array([partition], (index) => {
      writer.int32(index).int32(epoch).int64(offset).int32(lastEpoch).int64(-1).int32(bytesMax).noTags()
    })
    writer.noTags()
  })
  return writer
    .array([], () => {})
    .string('')
    .noTags()
    .whole()
}

function readFetch(answer: Buffer, version: number) {
  assert.ok(version >= 13)
  const reader = body(answer)
  assert.deepEqual([reader.int32(), reader.int16(), reader.int32()], [0, 0, 0])
  return reader
    .array(() => {
      reader.uuid()
      const partitions = reader.array(() => {
        assert.equal(reader.int32(), partition)
        const error = reader.int16()
        const [highWatermark, lastStableOffset, logStart] = [reader.int64(), reader.int64(), reader.int64()]
        // Kafka gives them in any order, and none as null or as an empty list.
        const aborted = reader.array(() => {
          const transaction = [reader.int64(), reader.int64()]
          reader.tags()
          return transaction
        })
        reader.int32()
        const bytes = reader.bytes() ?? Buffer.alloc(0)
        // Tag 1 names the leader where that is another (KIP-951): no consumer of ours asks for it.
        const diverging = reader.tags().get(0)?.toString('hex')
        return { error, highWatermark, lastStableOffset, logStart, aborted: aborted.sort(), bytes, diverging }
      })
      reader.tags()
      return partitions
    })
    .flat()
}

function fetchRequests(topicId: string, leaderEpoch: number, { logStart, logEnd }: Replica): Request[] {
  const offsets = Array.from({ length: logEnd + 4 }, (_, index) => index - 1)
  const epochs = [-1, leaderEpoch - 1, leaderEpoch, leaderEpoch + 1].filter((epoch) => epoch >= -1)
  const lastEpochs = Array.from({ length: leaderEpoch + 3 }, (_, index) => index - 1)
  const all: Request[] = []
  for (const offset of offsets)
    for (const lastEpoch of lastEpochs)
      for (const epoch of offset === logStart || offset === logEnd ? epochs : [leaderEpoch])
        for (const isolation of [0, 1])
          for (const bytesMax of [1 << 20, 150]) {
            const asked = { offset, epoch, lastEpoch, isolation, bytesMax }
            const version = 13 + (all.length % 5)
            const bytes = fetchRequest(version, topicId, asked)
            all.push({
              what: `fetch ${JSON.stringify(asked)}`,
              bytes,
              read: (answer) => readFetch(answer, version),
            })
          }
  return all
}

type OffsetsAsked = { epoch: number; timestamp: number; isolation: number }

function offsetsRequest(topic: string, { epoch, timestamp, isolation }: OffsetsAsked): Buffer {
  const writer = head(requestKeys.listOffsets, 7).int32(-1).int8(isolation)
  writer.array([topic], () => {
    writer.string(topic)
    writer.array([partition], () => writer.int32(partition).int32(epoch).int64(timestamp).noTags()).noTags()
  })
  return writer.noTags().whole()
}

function readOffsets(answer: Buffer) {
  const reader = body(answer)
  reader.int32()
  return reader
    .array(() => {
      const topic = reader.string()
      const partitions = reader.array(() => {
        const [index, error, time] = [reader.int32(), reader.int16(), reader.int64()]
        const one = { topic, index, error, time, offset: reader.int64(), leaderEpoch: reader.int32() }
        reader.tags()
        return one
      })
      reader.tags()
      return partitions
    })
    .flat()
}

function listOffsetsRequests(name: string, leaderEpoch: number): Request[] {
  const epochs = [-1, leaderEpoch - 1, leaderEpoch, leaderEpoch + 1].filter((epoch) => epoch >= -1)
  return [name, `${name}-absent`].flatMap((topic) =>
    epochs.flatMap((epoch) =>
      [-1, -2].flatMap((timestamp) =>
        [0, 1].map((isolation): Request => {
          const asked = { epoch, timestamp, isolation }
          const what = `offsets of ${topic}, ${JSON.stringify(asked)}`
          return { what, bytes: offsetsRequest(topic, asked), read: readOffsets }
        }),
      ),
    ),
  )
}

function describeConfigsRequests(name: string): Request[] {
  const keys = ['cleanup.policy', 'retention.ms', 'retention.bytes']
  const read = (answer: Buffer) => {
    const reader = body(answer)
    reader.int32()
    return reader.array(() => {
      const error = reader.int16()
      reader.string() // its words
      const [type, topic] = [reader.int8(), reader.string()]
      const configs = reader.array(() => {
        const config = [reader.string(), reader.string()]
        for (let i = 0; i < 3; i++) reader.int8()
        reader.array(() => [reader.string(), reader.string(), reader.int8(), reader.tags()])
        reader.int8()
        reader.string()
        reader.tags()
        return config
      })
      reader.tags()
      return { error, type, topic, configs: configs.sort() }
    })
  }
  return [name, `${name}-absent`].map((topic) => {
    const writer = head(requestKeys.describeConfigs, 4)
    writer.array([topic], () => {
      writer.int8(2).string(topic)
      writer.array(keys, (key) => writer.string(key)).noTags()
    })
    return { what: `settings of ${topic}`, bytes: writer.int8(0).int8(0).noTags().whole(), read }
  })
}

function metadataRequest(name: string): Buffer {
  const writer = head(requestKeys.metadata, 12)
  for (const topics of [[name, `${name}-absent`]])
    writer.array(topics, (topic) => writer.uuid('0'.repeat(32)).string(topic).noTags())
  return writer.int8(0).int8(0).noTags().whole()
}

function readMetadata(answer: Buffer) {
  const reader = body(answer)
  reader.int32()
  const brokers = reader.array(() => {
    const broker = [reader.int32(), reader.string(), reader.int32(), reader.string()]
    reader.tags()
    return broker
  })
  reader.string() // the cluster's id
  const controller = reader.int32()
  const topics = reader.array(() => {
    const [error, name, id, internal] = [reader.int16(), reader.string(), reader.uuid(), reader.int8()]
    const partitions = reader.array(() => {
      const [error, index, leader, leaderEpoch] = [
        reader.int16(),
        reader.int32(),
        reader.int32(),
        reader.int32(),
      ]
      const [replicas, inSync, offline] = [1, 2, 3].map(() => reader.array(reader.int32))
      reader.tags()
      return { error, index, leader, leaderEpoch, replicas, inSync, offline }
    })
    const operations = reader.int32()
    reader.tags()
    return { error, name, id, internal, partitions: partitions.sort((a, b) => a.index - b.index), operations }
  })
  return { brokers, controller, topics: topics.sort((a, b) => a.name!.length - b.name!.length) }
}

// ── The real broker's side ───────────────────────────────────────────────────────────────────────────────────────────

async function open(t: TestContext, port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

function askOver(socket: Socket): Ask {
  let received = Buffer.alloc(0)
  return async (request) => {
    const size = Buffer.alloc(4)
    size.writeInt32BE(request.length)
    socket.write(Buffer.concat([size, request]))
    while (received.length < 4 || received.length < 4 + received.readInt32BE()) {
      const [bytes] = (await once(socket, 'data', { signal: AbortSignal.timeout(60_000) })) as [Buffer]
      received = Buffer.concat([received, bytes])
    }
    const end = 4 + received.readInt32BE()
    const answer = received.subarray(4, end)
    received = received.subarray(end)
    return answer
  }
}
