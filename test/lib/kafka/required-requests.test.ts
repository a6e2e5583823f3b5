import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectRequests } from '../../../files/lib/kafka/required-requests.ts'
import { brokerAddress, startAdmin } from '../../support/kafka.ts'

test('expectRequests accepts the broker of the tests', async (t) => {
  expectRequests(await startAdmin(t).listApis(), brokerAddress())
})

test('expectRequests names what a broker has, what is needed, and what to do', async (t) => {
  const supported = await startAdmin(t).listApis()
  // As Kafka 3.0 has them, and as a broker would that knows no idempotent producer.
  const older = supported
    .filter(({ name }) => name !== 'InitProducerId')
    .map((request) => (request.name === 'Fetch' ? { ...request, maxVersion: 12 } : request))
  assert.throws(() => expectRequests(older, 'kafka-1:9092'), {
    name: 'OperatingError',
    message:
      'kafka-1:9092: the broker does not support the requests that are needed: ' +
      'it has Fetch up to version 12 (13 is needed), no InitProducerId. ' +
      'Apache Kafka has them since 3.1. Upgrade the broker, or set KAFKA_BOOTSTRAP_SERVERS to another one.',
  })
})
