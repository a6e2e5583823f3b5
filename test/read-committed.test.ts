/*
 * What the tests hold the programs against where transactions are: the log as it must be by the rules, as Kafka's own
 * consumer reads it, and as readTopic does. `npm run test:librdkafka` has librdkafka's producers write it, not Kafka's own.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fromBinary } from '@bufbuild/protobuf'
import { ReportSchema } from '../files/report_pb.ts'
import { readTopicLog, type TopicRecord } from './support/read-topic.ts'
import { cases } from './support/transactions/cases.ts'
import { startTransactionSite } from './support/transactions/site.ts'

const site = await startTransactionSite()
after(site.stop)

for (const { name, segmentBytes, steps } of cases) {
  test(`${name}: Kafka's own consumer and readTopic read what the rules say`, async () => {
    const { topic, play, log } = await site.newTopic(segmentBytes)
    await play(steps)
    const byJava = await site.readByJava(topic)
    assert.deepEqual(byJava.ends, log.stableEnds())
    assert.deepEqual(inOrder(byJava.records.map(decode)), inOrder(log.committed()))
    const byUs = await readTopicLog(site.address, topic)
    assert.deepEqual(byUs.ends, log.stableEnds())
    assert.deepEqual(inOrder(byUs.records), inOrder(log.committed()))
  })
}

type JavaRecord = Awaited<ReturnType<typeof site.readByJava>>['records'][number]

function decode({ partition, offset, key, value }: JavaRecord): TopicRecord {
  const { date, degrees } = fromBinary(ReportSchema, Buffer.from(value, 'hex'))
  return { partition, offset, key: Buffer.from(key, 'hex').toString(), date, degrees }
}

function inOrder(records: readonly TopicRecord[]): TopicRecord[] {
  return records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
}
