import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brokerAddress, createTopic, uniqueTopic } from './support/kafka.ts'
import { startProgram } from './support/program.ts'
import { readTopicLog } from './support/read-topic.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

/** Every day from the first to the last, both included. */
function* daysBetween(first: string, last: string): Generator<string> {
  for (let at = Date.parse(first); at <= Date.parse(last); at += 86_400_000)
    yield new Date(at).toISOString().slice(0, 10)
}

async function datesIn(topic: string): Promise<string[]> {
  const { records } = await readTopicLog(brokerAddress(), topic)
  return [...new Set(records.map(({ date }) => date))].sort()
}

test('a head start sends its years at once, and the next day only after the delay', async (t) => {
  const topic = uniqueTopic()
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic }
  const producer = startProgram(t, 'producer.ts', ['--head-start', '3', '--delay', '3600'], environment)
  await waitFor('the head start', () =>
    /Sent a head start of \d+ records, the days before 1993-01-01\./.test(producer.stdout()),
  )
  // The first of the days that wait may come at once, the second only after the hour.
  const dates = await datesIn(topic)
  assert.deepEqual(dates.slice(0, 1096), [...daysBetween('1990-01-01', '1992-12-31')])
  assert.ok(dates.length <= 1097, dates.at(-1))
  producer.child.kill('SIGTERM')
  assert.equal((await producer.ended).code, 0)
})

test('a head start that was cut short between partitions is filled up by --append, each day once', async (t) => {
  const { name: topic } = await createTopic(t)
  // Of a bulk of 1990, January has arrived whole, May in part, and nothing else.
  const sent = [...daysBetween('1990-01-01', '1990-01-31'), ...daysBetween('1990-05-01', '1990-05-20')]
  await sendRecords(brokerAddress(), topic, [sent.map((date) => reportRecord(date, 50))])
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic }
  const args = ['--append', '--head-start', '1', '--delay', '3600']
  const producer = startProgram(t, 'producer.ts', args, environment)
  await waitFor('the head start', () => producer.stdout().includes('Sent a head start of'))
  const { records } = await readTopicLog(brokerAddress(), topic)
  // A repeat has 1,000,000 degrees.
  const real = records.filter(({ degrees }) => degrees < 1000).map(({ date }) => date)
  assert.deepEqual(real.sort().slice(0, 365), [...daysBetween('1990-01-01', '1990-12-31')])
})

test('--append after the head start goes on with single days, and gives no other one', async (t) => {
  const { name: topic } = await createTopic(t)
  await sendRecords(brokerAddress(), topic, [[reportRecord('1993-02-03', 50)]])
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic }
  const args = ['--append', '--head-start', '3', '--delay', '0.01']
  const producer = startProgram(t, 'producer.ts', args, environment)
  await waitFor('some days', async () => (await datesIn(topic)).length > 5)
  assert.equal((await datesIn(topic))[1], '1993-02-04')
  assert.doesNotMatch(producer.stdout(), /head start/)
})
