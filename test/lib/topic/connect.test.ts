import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Consumer } from '@platformatic/kafka'
import { isTransient } from '../../../files/lib/topic/connect.ts'
import { brokerAddress, createTopic } from '../../support/kafka.ts'

test('isTransient holds of a leader that has left the cluster since the client asked: the next answer names another', async (t) => {
  const { name } = await createTopic(t)
  const consumer = new Consumer({
    clientId: 'test',
    groupId: 'test',
    bootstrapBrokers: [brokerAddress()],
    retries: 0,
  })
  t.after(() => consumer.close(true))
  await consumer.metadata({ topics: [name] })
  const wanted = {
    partition: 0,
    fetchOffset: 0n,
    partitionMaxBytes: 1,
    currentLeaderEpoch: -1,
    lastFetchedEpoch: -1,
  }
  const topics = [{ topicId: '00000000-0000-0000-0000-000000000001', partitions: [wanted] }]
  const gone = await consumer.fetch({ node: 99, topics }).catch((error) => error)
  assert.match(String(gone), /Cannot find broker with node id 99/)
  assert.ok(isTransient(gone))
})
