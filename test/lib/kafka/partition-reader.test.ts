import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Cluster } from '../../../files/lib/kafka/cluster.ts'
import { judgeLeader, PartitionReader } from '../../../files/lib/kafka/partition-reader.ts'
import { readRange } from '../../../files/lib/kafka/read-range.ts'
import { brokerAddress, createTopic } from '../../support/kafka.ts'
import { readTopic } from '../../support/read-topic.ts'
import { reportRecord, sendRecords } from '../../support/send-records.ts'

/** Opens a reader that has brought its topic, as consumer.ts does; the test's end closes it. */
async function openReaderOf(t: test.TestContext, topicName: string) {
  const cluster = new Cluster({ bootstrapBrokers: [brokerAddress()] }, 'test')
  const stop = new AbortController()
  const reader = new PartitionReader({
    cluster,
    topicName,
    partitionCount: 4,
    isOldTopic: () => false,
    say: () => {},
    signal: stop.signal,
  })
  t.after(() => {
    stop.abort()
    reader.close()
    cluster.close()
  })
  const first = await reader.read(10_000)
  assert.equal(first?.kind, 'topic')
  return { reader, topic: first.topic }
}

/** The same, reading all partitions from given offsets. */
async function openReader(t: test.TestContext, topicName: string, offset: (partition: number) => number) {
  const { reader, topic } = await openReaderOf(t, topicName)
  const starts = topic.partitions.map((_, partition) => ({
    partition,
    offset: offset(partition),
    lastFetchedEpoch: -1,
  }))
  reader.begin(topic, starts)
  return reader
}

test('what was read is let go of, however much it was', async (t) => {
  const { name } = await createTopic(t)
  const megabyte = { key: Buffer.from('January'), value: Buffer.alloc(900_000), partition: 2 }
  await sendRecords(
    brokerAddress(),
    name,
    Array.from({ length: 80 }, () => [megabyte]),
  )
  const reader = await openReader(t, name, () => 0)
  let bytes = 0
  while (bytes < 80 * 900_000) {
    const fetched = await reader.read(10_000)
    assert.equal(fetched?.kind, 'records')
    bytes += fetched.bytes.length
  }
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // Once more after what the first one let go of was finalized.
  for (let i = 0; i < 2; i++) {
    collect()
    await new Promise(setImmediate)
  }
  const held = process.memoryUsage().arrayBuffers
  assert.ok(held < 30e6, `${held} bytes are held after ${bytes} were read`)
})

test('a reader brings each partition from the offset asked for to its end, without a gap', async (t) => {
  const { name } = await createTopic(t)
  const days = Array.from({ length: 12 }, (_, month) =>
    Array.from({ length: 20 }, (_, day) => {
      const date = `1990-${String(month + 1).padStart(2, '0')}-${String(day + 1).padStart(2, '0')}`
      return reportRecord(date, day)
    }),
  )
  await sendRecords(brokerAddress(), name, days)
  const records = await readTopic(brokerAddress(), name)
  const ends = [0, 1, 2, 3].map(
    (partition) => records.filter((record) => record.partition === partition).length,
  )
  const reader = await openReader(t, name, (partition) => partition * 3)
  const next = [0, 3, 6, 9]
  while (next.some((offset, partition) => offset < ends[partition]!)) {
    const fetched = await reader.read(10_000)
    assert.equal(fetched?.kind, 'records')
    const { partition, from, bytes, endOffset } = fetched
    assert.deepEqual([from, endOffset], [next[partition], ends[partition]])
    // The last offset of the last batch: its base offset plus 23 bytes on, the offset of its last record.
    for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) {
      next[partition] = Number(bytes.readBigInt64BE(at)) + bytes.readInt32BE(at + 23) + 1
    }
  }
  assert.deepEqual(next, ends)
})

const [former, next] = [9092, 9093].map((port) => ({ host: 'kafka', port }))

test('a leader of before is not taken from a broker that is behind', () => {
  const waiting = { leader: undefined, leaderEpoch: 3, isFailing: false }
  assert.equal(judgeLeader(waiting, { leader: former, leaderEpoch: 2 }, 3), 'behind')
  assert.equal(judgeLeader(waiting, { leader: former, leaderEpoch: 3 }, 3), 'take')
  assert.equal(judgeLeader(waiting, { leader: next, leaderEpoch: 4 }, 3), 'take')
})

test('a partition that is being read stays with its leader when a broker that is behind answers', () => {
  const reading = { leader: next, leaderEpoch: 3, isFailing: false }
  assert.equal(judgeLeader(reading, { leader: former, leaderEpoch: 2 }, 3), 'keep')
  assert.equal(judgeLeader(reading, { leader: undefined, leaderEpoch: 4 }, 3), 'keep')
  assert.equal(judgeLeader(reading, { leader: former, leaderEpoch: 4 }, 3), 'take')
})

test('a partition whose leader fails takes what is newer, also that there is no leader, and nothing older', () => {
  const failing = { leader: next, leaderEpoch: 3, isFailing: true }
  assert.equal(judgeLeader(failing, { leader: undefined, leaderEpoch: 3 }, 3), 'take')
  assert.equal(judgeLeader(failing, { leader: former, leaderEpoch: 4 }, 3), 'take')
  assert.equal(judgeLeader(failing, { leader: former, leaderEpoch: 2 }, 3), 'behind')
})

test('the only broker is believed, whatever was seen before: nobody knows more', () => {
  const waiting = { leader: undefined, leaderEpoch: 3, isFailing: false }
  assert.equal(judgeLeader(waiting, { leader: former, leaderEpoch: 0 }, 1), 'take')
})

test('a log that was put back, and has grown past what was read under older epochs, is told as another one', async (t) => {
  const { name } = await createTopic(t)
  const days = Array.from({ length: 9 }, (_, i) => reportRecord(`1990-01-0${i + 1}`, i))
  await sendRecords(brokerAddress(), name, [days])
  const { reader, topic } = await openReaderOf(t, name)
  reader.begin(topic, [{ partition: 2, offset: 5, lastFetchedEpoch: 5 }])
  assert.deepEqual(await reader.read(10_000), { kind: 'diverged', partition: 2, epoch: 0, endOffset: 9 })
})

test('a reading goes on though its caller was busy for longer than it waits for records', async (t) => {
  const { name } = await createTopic(t)
  const day = { ...reportRecord('1990-01-01', 1), value: Buffer.alloc(900_000) }
  await sendRecords(brokerAddress(), name, [[day], [day], [day]])
  const cluster = new Cluster({ bootstrapBrokers: [brokerAddress()] }, 'test')
  t.after(() => cluster.close())
  const topic = (await cluster.describeTopic(name))!
  const part = { topicName: name, topic, partition: 2, from: 0, until: 3 }
  let batches = 0
  for await (const _ of readRange(part, { cluster, signal: t.signal, patienceMs: 2000 })) {
    batches++
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2100) // Nothing else runs meanwhile.
  }
  assert.ok(batches >= 2)
})
