import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { brokerAddress, uniqueTopic } from './support/kafka.ts'
import { runProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { seededRandom } from './support/seeded-random.ts'
import { centralPark, valuesByAwk, writeByYear, writeDailySummaries } from './support/station-files.ts'

async function startStation(t: TestContext) {
  const directory = await temporaryFolder(t)
  const topic = uniqueTopic()
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
  return {
    topic,
    write: async (name: string, text: string | Buffer) => {
      const path = join(directory, name)
      await writeFile(path, text)
      return path
    },
    produce: (...args: string[]) => runProgram(t, 'producer.ts', args, environment),
    /** Counts the topic and returns the four partition files. */
    count: async () => {
      const { code, stderr } = await runProgram(
        t,
        'consumer.ts',
        ['0', '1', '2', '3', '--exit-at-end'],
        environment,
      )
      assert.equal(code, 0, stderr)
      return [0, 1, 2, 3].map((partition) =>
        readFileSync(join(directory, `partition-${partition}.json`), 'utf8'),
      )
    },
  }
}

const line = (date: string, tenths: number, station = 'USW00000001') =>
  `${station},${date.replaceAll('-', '')},TMAX,${tenths},,,W,2400\n`

test('Central Park in each of the three forms makes the same partition files, byte by byte', async (t) => {
  const random = seededRandom(t)
  const values = valuesByAwk(centralPark)
  const filesOf = async (name: string, bytes: Buffer | string) => {
    const station = await startStation(t)
    const { code, stdout, stderr } = await station.produce('--observations', await station.write(name, bytes))
    assert.equal(code, 0, stderr)
    assert.match(stdout, /Sent 55145 days \(\d+ without a value skipped, 2 failed a quality check/)
    return station.count()
  }
  const expected = await filesOf('a.dly.gz', readFileSync(centralPark))
  assert.match(expected[2]!, /"1869"/)
  assert.deepEqual(await filesOf('b.csv.gz', gzipSync(writeByYear(values, random))), expected)
  assert.deepEqual(await filesOf('c.csv', writeDailySummaries(values, random, true)), expected)
})

test('producer.ts --append night by night sends what is new, whatever the file repeats', async (t) => {
  const { produce, write, topic } = await startStation(t)
  const nights = [
    line('2024-01-30', 10) + line('2024-01-31', 20),
    line('2024-02-01', 30),
    line('2024-02-01', 30),
    line('2024-01-31', 20) + line('2024-02-01', 30) + line('2024-02-02', 40),
  ]
  const sent: string[] = []
  for (const [night, text] of nights.entries()) {
    const { code, stdout, stderr } = await produce(
      '--append',
      '--observations',
      await write(`${night}.csv`, text),
    )
    assert.deepEqual([code, stderr], [0, ''])
    sent.push(/Sent (\d+) days/.exec(stdout)![1]!)
  }
  assert.deepEqual(sent, ['2', '1', '0', '1'])
  const days = (await readTopic(brokerAddress(), topic)).map(({ date, degrees }) => `${date} ${degrees}`)
  assert.deepEqual(days.sort(), ['2024-01-30 33.8', '2024-01-31 35.6', '2024-02-01 37.4', '2024-02-02 39.2'])
})

test('producer.ts --append says which past values differ from the log or are new, and sends none of them', async (t) => {
  const { produce, write, topic } = await startStation(t)
  const before = line('2024-01-01', 10) + line('2024-01-03', 30) + line('2024-02-01', 50)
  await produce('--observations', await write('before.csv', before))
  const after = `${line('2024-01-01', 11)}${line('2024-01-02', 20)}${line('2024-01-03', 30)}${line('2024-02-02', 60)}`
  const { code, stdout, stderr } = await produce(
    '--append',
    '--observations',
    await write('after.csv', after),
  )
  assert.equal(code, 0)
  assert.match(stderr, /^1 days differ from the log \(2024-01-01: 33\.98 °F, in the log 33\.8 °F\)\./)
  assert.match(stderr, /1 days are not in the log, though later ones are \(2024-01-02\)\./)
  assert.match(stderr, /without --append/)
  assert.match(stdout, /Sent 1 days \(0 without a value skipped, 3 in the log already\)/)
  const dates = (await readTopic(brokerAddress(), topic)).map(({ date }) => date).sort()
  assert.deepEqual(dates, ['2024-01-01', '2024-01-03', '2024-02-01', '2024-02-02'])
})

test('producer.ts lists the stations of a file that has several, sends nothing, and reads the one named', async (t) => {
  const { produce, write } = await startStation(t)
  const several = await write(
    'several.csv',
    line('2024-01-01', 10) + line('2024-01-01', 5, 'USC00000002') + line('2024-01-05', 7, 'USC00000002'),
  )
  const { code, stdout, stderr } = await produce('--observations', several)
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /2 stations\. Nothing has been sent\./)
  assert.match(
    stderr,
    /\n {2}USC00000002 {2}2024-01-01 to 2024-01-05 .*line 2\)\n {2}USW00000001 {2}2024-01-01 to/,
  )
  const named = ['--station', 'USC00000002', '--from', '2024-01-02', '--list-skipped']
  const one = await produce('--observations', several, ...named)
  assert.equal(one.code, 0)
  assert.match(
    one.stdout,
    /Skipped 2024-01-01: outside --from and --to \(.*several\.csv: line 2, column 27\)\n/,
  )
  assert.match(one.stdout, /Sent 1 days \(0 without a value skipped, 1 outside --from and --to\)/)
})
