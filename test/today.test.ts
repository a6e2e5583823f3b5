import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { describeTopic } from '../files/lib/topic/topic.ts'
import { clockFrom } from './support/clock.ts'
import { brokerAddress, startAdmin, uniqueTopic } from './support/kafka.ts'
import { readPartitionFile } from './support/partition-files.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { waitFor } from './support/wait-for.ts'

/** A station in Chicago, five hours behind UTC in June. */
async function startStation(t: TestContext) {
  const folder = await temporaryFolder(t)
  const topic = uniqueTopic()
  const file = join(folder, 'station.csv')
  const environment = {
    ...{ KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: folder, TZ: 'America/Chicago' },
  }
  return {
    topic,
    file,
    folder,
    environment,
    write: (...rows: string[]) => writeFileSync(file, `date,tmax_f\n${rows.join('\n')}\n`),
    at: (moment: string) => ({ ...environment, ...clockFrom(moment) }),
    produce: (moment: string, ...args: string[]) => {
      const all = ['--observations', file, ...args]
      return runProgram(t, 'producer.ts', all, { ...environment, ...clockFrom(moment) })
    },
    log: async () =>
      (await readTopic(brokerAddress(), topic)).map(({ date, degrees }) => `${date} ${degrees}`).sort(),
  }
}

test('a value that still rises is not sent by day, and its last one is counted the next morning', async (t) => {
  const { write, produce, log, environment, folder } = await startStation(t)
  write('2024-06-13,80', '2024-06-14,81', '2024-06-15,55')
  const noon = await produce('2024-06-15T12:00:00-05:00')
  assert.equal(noon.code, 0, noon.stderr)
  assert.match(noon.stdout, /Sent 2 days \(0 without a value skipped, 1 of a day that is not over\)/)
  assert.match(
    noon.stderr,
    /^Held back 2024-06-15 \(.*station\.csv: line 4, column 12\): that day is not over in America\/Chicago, .*--send-today sends it now\.\n$/,
  )
  write('2024-06-13,80', '2024-06-14,81', '2024-06-15,92')
  // In UTC the 16th has begun.
  const evening = await produce('2024-06-15T23:00:00-05:00', '--append')
  assert.match(evening.stdout, /Sent 0 days/)
  assert.deepEqual(await log(), ['2024-06-13 80', '2024-06-14 81'])
  write('2024-06-13,80', '2024-06-14,81', '2024-06-15,92', '2024-06-16,60')
  const morning = await produce('2024-06-16T06:15:00-05:00', '--append')
  assert.match(morning.stdout, /Sent 1 days/)
  assert.match(morning.stderr, /^Held back 2024-06-16 /)
  assert.deepEqual(await log(), ['2024-06-13 80', '2024-06-14 81', '2024-06-15 92'])
  assert.equal((await runProgram(t, 'consumer.ts', ['2', '--exit-at-end'], environment)).code, 0)
  const { count, sum } = readPartitionFile(folder, 2).June['2024']
  assert.deepEqual({ count, sum }, { count: 3, sum: 80 + 81 + 92 })
})

test('producer.ts --follow sends the newest day when its date is over, and nothing is written any more', async (t) => {
  const { write, at, file, log } = await startStation(t)
  write('2024-06-14,81', '2024-06-15,92')
  const before = at('2024-06-15T23:59:40-05:00')
  const producer = startProgram(t, 'producer.ts', ['--follow', '--observations', file], before)
  await waitFor('the day to be held back', () => producer.stderr().includes('Held back 2024-06-15'))
  await waitFor('the first day', () => producer.stdout().includes('Sent 1 days'))
  assert.deepEqual(await log(), ['2024-06-14 81'])
  await waitFor('midnight', async () => (await log()).length === 2, 60_000)
  assert.deepEqual(await log(), ['2024-06-14 81', '2024-06-15 92'])
  producer.child.kill('SIGTERM')
  assert.equal((await producer.ended).code, 0)
  assert.equal(producer.stderr().split('Held back').length, 2)
})

test('producer.ts --follow tells once of a day whose value rises many times, and sends its last', async (t) => {
  const { write, at, file, log } = await startStation(t)
  write('2024-06-14,81', '2024-06-15,55')
  const noon = at('2024-06-15T12:00:00-05:00')
  const producer = startProgram(t, 'producer.ts', ['--follow', '--observations', file], noon)
  const sent = (times: number) =>
    waitFor(`${times} readings`, () => producer.stdout().split('Sent ').length === times + 1, 20_000)
  await sent(1)
  for (const [index, degrees] of [70, 92].entries()) {
    write('2024-06-14,81', `2024-06-15,${degrees}`)
    await sent(index + 2)
  }
  write('2024-06-14,81', '2024-06-15,92', '2024-06-16,50')
  await waitFor('the day', async () => (await log()).length === 2, 20_000)
  assert.deepEqual(await log(), ['2024-06-14 81', '2024-06-15 92'])
  assert.equal(producer.stderr().split('Held back 2024-06-15').length, 2)
  assert.equal(producer.stderr().split('Held back 2024-06-16').length, 2)
})

test('producer.ts --send-today sends the newest day as it is', async (t) => {
  const { write, produce, log } = await startStation(t)
  write('2024-06-14,81', '2024-06-15,55')
  const { code, stdout, stderr } = await produce('2024-06-15T12:00:00-05:00', '--send-today')
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /Sent 2 days \(0 without a value skipped\)/)
  assert.deepEqual(await log(), ['2024-06-14 81', '2024-06-15 55'])
})

test('a file with today alone is not sent, and no topic is made for it', async (t) => {
  const { write, produce, topic } = await startStation(t)
  write('2024-06-15,55')
  const { code, stdout, stderr } = await produce('2024-06-15T12:00:00-05:00')
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /no day to send: 1 of a day that is not over\. .*Held back 2024-06-15 .*--send-today/)
  assert.equal(await describeTopic(startAdmin(t), topic), undefined)
})

test('producer.ts --check says which day is held back, and --send-today that it is not', async (t) => {
  const { write, produce } = await startStation(t)
  write('2024-06-14,81', '2024-06-15,55')
  const held = await produce('2024-06-15T12:00:00-05:00', '--check', '--list-skipped')
  assert.equal(held.code, 0)
  assert.match(held.stdout, /^Skipped 2024-06-15: /)
  assert.match(held.stdout, /\nSpan {5}2024-06-14 to 2024-06-14, 1 day\n/)
  assert.match(held.stdout, /\nSkipped {2}1 of a day that is not over\n/)
  assert.match(held.stdout, /\nHeld back 2024-06-15 \(/)
  write('2024-06-14,81', '2024-06-15,55', '2024-06-30,90')
  const ahead = await produce('2024-06-15T12:00:00-05:00', '--check')
  assert.equal(ahead.code, 1)
  assert.match(ahead.stderr, /line 4, column 12: 2024-06-30 lies in the future/)
  const all = await produce('2024-06-15T12:00:00-05:00', '--check', '--send-today')
  assert.match(all.stdout, /\nSpan {5}2024-06-14 to 2024-06-30, 17 days\n/)
  assert.doesNotMatch(all.stdout, /Held back/)
})

test('where TZ names no time zone, a day is held back until it is over everywhere', async (t) => {
  const { write, file, environment } = await startStation(t)
  write('2024-06-14,81', '2024-06-15,92')
  const check = (moment: string) => {
    const unknown = { ...environment, ...clockFrom(moment), TZ: 'Mars/Olympus' }
    return runProgram(t, 'producer.ts', ['--check', '--observations', file], unknown)
  }
  assert.match(
    (await check('2024-06-16T11:59:00Z')).stdout,
    /not over in Etc\/GMT\+12, .* TZ names no time zone/,
  )
  assert.doesNotMatch((await check('2024-06-16T12:00:00Z')).stdout, /Held back/)
})

test('--timezone says where the day ends, whatever TZ says', async (t) => {
  const { write, produce } = await startStation(t)
  write('2024-06-14,81', '2024-06-15,92')
  const check = (zone: string) => produce('2024-06-15T23:30:00-05:00', '--check', '--timezone', zone)
  assert.match((await check('America/Denver')).stdout, /Held back 2024-06-15 .* not over in America\/Denver/)
  assert.doesNotMatch((await check('America/New_York')).stdout, /Held back/)
})
