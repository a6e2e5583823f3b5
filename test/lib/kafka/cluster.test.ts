import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agreedTopic, Cluster } from '../../../files/lib/kafka/cluster.ts'
import { NetworkError } from '../../../files/lib/kafka/network-error.ts'
import { brokerAddress, uniqueTopic } from '../../support/kafka.ts'

const [former, next] = [9092, 9093].map((port) => ({ host: 'kafka', port }))

/** What a broker answers: the topic's id, and who leads each partition, in which epoch. */
function answer(id: string | undefined, ...leaders: [leader: typeof former, leaderEpoch: number][]) {
  const partitions = leaders.map(([leader, leaderEpoch]) => ({ leader, leaderEpoch }))
  return { brokers: [], topic: id === undefined ? undefined : { id, partitions, brokers: 3 } }
}

test('of brokers that know the same topic, each partition has the newest leader that any of them knows', () => {
  const agreed = agreedTopic([
    answer('A', [former, 3], [next, 7]),
    answer('A', [next, 4], [former, 6]),
    answer('A', [former, 3], [former, 6]),
  ])
  assert.deepEqual(agreed?.partitions, [
    { leader: next, leaderEpoch: 4 },
    { leader: next, leaderEpoch: 7 },
  ])
})

test('of two topics that bore the name, the one that most brokers know is taken, whatever its epochs', () => {
  assert.equal(
    agreedTopic([answer('A', [former, 9]), answer('B', [next, 0]), answer('B', [next, 0])])?.id,
    'B',
  )
  assert.equal(agreedTopic([answer('A', [former, 9]), answer(undefined), answer(undefined)]), undefined)
  assert.equal(agreedTopic([answer(undefined), answer('A', [former, 1]), answer('A', [former, 1])])?.id, 'A')
})

test('a cluster that is closed opens nothing more, whoever still asks', async () => {
  const cluster = new Cluster({ bootstrapBrokers: [brokerAddress()] }, 'test')
  assert.equal(await cluster.describeTopic(uniqueTopic()), undefined)
  const late = cluster.describeTopic(uniqueTopic())
  cluster.close()
  await assert.rejects(late, NetworkError)
  await assert.rejects(cluster.describeTopic(uniqueTopic()), /The client is closed/)
  await cluster.sayIfUnreachable(uniqueTopic())
})
