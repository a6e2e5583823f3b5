import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeLosses } from '../../../files/lib/topic/topic-warning.ts'
import { brokerAddress, startAdmin, uniqueTopic } from '../../support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from '../../support/program.ts'
import { waitFor } from '../../support/wait-for.ts'

test('a topic that keeps all is not warned of, whatever limits would hold if it deleted', () => {
  const keepsAll = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' }
  assert.equal(describeLosses('days', new Map(Object.entries(keepsAll))), undefined)
  const limited = { ...keepsAll, 'retention.bytes': '1000' }
  assert.match(
    describeLosses('days', new Map(Object.entries(limited)))!,
    /deletes old records \(retention\.bytes=1000\)/,
  )
  const both = { ...limited, 'cleanup.policy': 'compact, delete' }
  assert.match(
    describeLosses('days', new Map(Object.entries(both)))!,
    /is compacted \(cleanup\.policy=compact,delete\)/,
  )
})

test('consumer.ts and verify.ts warn once of a topic that somebody else made to be compacted, or to delete', async (t) => {
  const admin = startAdmin(t)
  for (const [configs, warning] of [
    [{ 'cleanup.policy': 'compact' }, /is compacted \(cleanup\.policy=compact\)/],
    [{ 'retention.ms': '86400000' }, /deletes old records \(retention\.ms=86400000\)/],
  ] as const) {
    const topic = uniqueTopic()
    await admin.createTopics({
      ...{ topics: [topic], partitions: 4, replicas: 1 },
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    })
    const directory = await temporaryFolder(t)
    const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
    const consumer = startProgram(t, 'consumer.ts', ['0'], environment)
    await waitFor('the warning', () => warning.test(consumer.stderr()))
    consumer.child.kill('SIGTERM')
    await consumer.ended
    const verify = await runProgram(t, 'verify.ts', ['--partition', '0'], environment)
    assert.match(verify.stderr, warning)
    for (const stderr of [consumer.stderr(), verify.stderr])
      assert.equal(stderr.match(/^Topic /gm)?.length, 1, stderr)
  }
})
