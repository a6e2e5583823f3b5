import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { servePage } from '../files/page/server.ts'
import { brokerAddress, createTopic, startAdmin, uniqueTopic } from './support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

const allPartitions = ['0', '1', '2', '3', '--exit-at-end']
const park = ['--name', 'Central Park, New York']

/** A topic and a folder of the test's own, and the programs on them. */
async function startStation(t: TestContext, topic = uniqueTopic()) {
  const directory = await temporaryFolder(t)
  const environment = {
    ...{ KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory },
    AUTOGRADER_DELAY_OVERRIDE_VAL: '0.01',
  }
  const run = async (name: string, ...args: string[]) => {
    const done = await runProgram(t, name, args, environment)
    return { ...done, output: done.stdout + done.stderr }
  }
  const count = async (...args: string[]) => {
    const { code, stderr } = await run('consumer.ts', ...(args.length > 0 ? args : allPartitions))
    assert.equal(code, 0, stderr)
  }
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  return { topic, directory, environment, run, count, write, chart: () => readChart(run, directory) }
}

async function readChart(run: (name: string) => Promise<{ code: number | null }>, directory: string) {
  assert.equal((await run('plot.ts')).code, 0)
  return readFileSync(join(directory, 'month.svg'), 'utf8')
}

const dayOf = (station: string, date: string, tenths: number) =>
  `${station},${date.replaceAll('-', '')},TMAX,${tenths},,,W,2400\n`
const parkDays = dayOf('USW00094728', '1869-01-01', -17) + dayOf('USW00094728', '2020-03-01', 50)

async function pageOf(t: TestContext, folder: string, unit = 'F') {
  const page = await servePage({ folder, host: '127.0.0.1', port: 0 })
  t.after(page.close)
  const ask = async (path: string) => (await fetch(page.address + path)).text()
  return { html: await ask(`?unit=${unit}`), csv: await ask('stats.csv') }
}

test('a station travels with its days to verify, chart, page and stats.csv, also into a second folder', async (t) => {
  const { topic, directory, run, count, write, chart } = await startStation(t)
  const file = write('park.csv', parkDays)
  assert.equal((await run('producer.ts', '--observations', file, ...park)).code, 0)
  await count()
  const line = 'Central Park, New York, 1869 to 2020, NOAA GHCN-Daily'
  assert.ok((await run('verify.ts')).output.includes(`\n${topic}: ${line}, °F.\n`))
  assert.ok((await chart()).includes(`>${line}<`))
  const { html, csv } = await pageOf(t, directory, 'C')
  assert.ok(html.includes(`<title id="title">${line} – Almanac</title>`))
  assert.match(
    html,
    /<h1 id="heading">Central Park, New York<\/h1><div id="source">1869 to 2020, NOAA GHCN-Daily, °C /,
  )
  assert.match(csv, /^January,1869,.*,F,USW00094728,"Central Park, New York",NOAA GHCN-Daily,,,,30,\r$/m)
  // Another reader of the log, elsewhere, with its partitions shared out between two consumers.
  const other = await startStation(t, topic)
  await other.count('0', '1', '--exit-at-end')
  await other.count('2', '3', '--exit-at-end')
  assert.ok((await other.chart()).includes(`>${line}<`))
})

test('the partition files are the same with and without a name, and keys and values of the log too', async (t) => {
  const filesOf = async (...args: string[]) => {
    const { topic, directory, run, count, write } = await startStation(t)
    await run('producer.ts', '--observations', write('park.csv', parkDays), ...args)
    await count()
    const files = [0, 1, 2, 3].map((n) => readFileSync(join(directory, `partition-${n}.json`), 'utf8'))
    return { files, records: await readTopic(brokerAddress(), topic) }
  }
  assert.deepEqual(await filesOf(...park), await filesOf())
})

test('generated weather is called so, and a station does not stay when another producer makes the topic anew', async (t) => {
  const { directory, environment, run, count, write, chart } = await startStation(t)
  await run('producer.ts', '--observations', write('park.csv', parkDays), ...park)
  await count()
  assert.match(await chart(), /Central Park/)
  const producer = startProgram(t, 'producer.ts', [], environment)
  const consumer = startProgram(t, 'consumer.ts', ['0', '1', '2', '3'], environment)
  const memory = () => readFileSync(join(directory, '.almanac/partition-2.json'), 'utf8')
  await waitFor('the source to be noted', () => memory().includes('synthetic'))
  consumer.child.kill('SIGTERM')
  await consumer.ended
  assert.match(await chart(), />synthetic weather after Madison, Wisconsin, 1990</)
  const { html } = await pageOf(t, directory)
  assert.match(html, /<h1 id="heading">Almanac<.*synthetic weather after Madison, Wisconsin, 1990, °F/)
  producer.child.kill('SIGTERM')
  await producer.ended
  const verdict = await run('verify.ts')
  assert.match(verdict.output, /: synthetic weather after Madison, Wisconsin, 1990, °F\.\n/)
  assert.equal(verdict.code, 0, verdict.output)
})

test('a log that lost its first records still says whose its days are, and verify finds no other source', async (t) => {
  const { topic, run, count, write } = await startStation(t)
  const days = ['01-01', '03-01', '05-01'].flatMap((day) => [
    dayOf('USW00094728', `2019-${day}`, 50),
    dayOf('USW00094728', `2019-${day.slice(0, 2)}-02`, 60),
  ])
  await run(
    'producer.ts',
    '--observations',
    write('park.csv', days.join('')),
    '--days-per-second',
    '40',
    ...park,
  )
  await count()
  const admin = startAdmin(t)
  const trim = (partition: number) =>
    admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: 1n }] }] })
  await trim(0)
  assert.match((await run('verify.ts')).output, /Central Park/)
  assert.match((await run('producer.ts', '--append')).output, /expected the same to follow, found synthetic/)
  for (const partition of [2, 3]) await trim(partition)
  const { output } = await run('verify.ts')
  assert.doesNotMatch(output, /another source/)
  assert.match(output, /begins at offset 1/)
})

test('days of which the log does not say whose they are, are given no name: neither a station’s nor the generator’s', async (t) => {
  const { name: topic } = await createTopic(t)
  await sendRecords(brokerAddress(), topic, [
    [reportRecord('2024-01-01', 10)],
    [reportRecord('2024-03-01', 40)],
  ])
  const { directory, run, count, write, chart } = await startStation(t, topic)
  // Nor does a name come by days that are appended later, in partitions that had none.
  const later = dayOf('USW00094728', '2024-02-01', 50) + dayOf('USW00094728', '2024-04-02', 50)
  const appended = await run('producer.ts', '--append', '--observations', write('later.csv', later), ...park)
  assert.equal(appended.code, 0, appended.output)
  await count()
  assert.doesNotMatch(await chart(), /synthetic|Central|2024 to/)
  const { html, csv } = await pageOf(t, directory)
  assert.match(html, /<div id="source">2024, °F; where the days come from was not noted\.</)
  assert.match(csv, /^January,2024,.*,F,,,,,,,\d+,\r$/m)
  assert.match((await run('verify.ts')).output, /: the log does not say where its days come from; °F\.\n/)
})

test('producer.ts --append goes on with the same station, and refuses another one and generated weather', async (t) => {
  const { topic, run, count, write, chart } = await startStation(t)
  const append = (text: string, ...args: string[]) =>
    run('producer.ts', '--append', '--observations', write('next.csv', text), ...args)
  await append(parkDays, ...park)
  const refused = [
    await append(dayOf('USW00014837', '2020-03-02', 0)),
    await append('date,tmax_f\n2020-03-02,40\n', '--name', 'Madison, Wisconsin'),
    await append('date,tmax_f\n2020-03-02,40\n'),
    await run('producer.ts', '--append'),
  ]
  for (const { code, stderr } of refused) {
    assert.equal(code, 1)
    assert.match(
      stderr,
      /holds Central Park, New York, NOAA GHCN-Daily \(USW00094728\): expected the same to follow, found/,
    )
    assert.match(
      stderr,
      /Nothing has been sent\. .*To start over, omit --append: this recreates the topic\. To keep both, set another TOPIC\.\n$/,
    )
  }
  assert.equal((await readTopic(brokerAddress(), topic)).length, 2)
  const goneOn = [
    await append(dayOf('USW00094728', '2020-03-02', 0)),
    await append('date,tmax_c\n2020-03-03,1\n', ...park),
    await append(dayOf('USW00094728', '2020-05-01', 200), '--name', 'NY CITY CENTRAL PARK, NY US'),
  ]
  for (const { code, stderr } of goneOn) assert.equal(code, 0, stderr)
  // The label of a log does not change, so that it does not fit these days is said.
  const says = /days of NOAA GHCN-Daily alone.* these are not/
  assert.deepEqual(
    goneOn.map(({ stderr }) => says.test(stderr)),
    [false, true, false],
  )
  await count()
  assert.match(await chart(), />Central Park, New York, 1869 to 2020, NOAA GHCN-Daily</)
})

const garden = 'date,tmax_f\n2020-03-02,40\n'
const moreGarden = `${garden}2020-03-03,41\n`
const twoNights = { first: garden, second: moreGarden }

for (const [what, before, after, advice] of [
  [
    'an unnamed CSV to a named log',
    [parkDays, ...park],
    [garden],
    /say so: --name "Central Park, New York"\./,
  ],
  [
    'an unnamed CSV to a log with an id alone',
    [parkDays],
    [garden],
    /holds Station USW00094728, .* names no station/,
  ],
  ['a named CSV to a log with an id alone', [parkDays], [garden, ...park], /names no station/],
  ['another id to a named log', [garden, ...park], [parkDays], /say so: --name "Central Park, New York"\./],
  ['an unnamed CSV to a named one', [garden, '--name', 'Garden'], [moreGarden], /say so: --name "Garden"\./],
  ['a named CSV to an unnamed one', [garden], [moreGarden, '--name', 'Garden'], /omit --name\./],
  ['an id to an unnamed log', [garden], [parkDays], /names no station/],
] as const) {
  test(`producer.ts --append refuses ${what}, and says what decides`, async (t) => {
    const { topic, run, write } = await startStation(t)
    const send = ([text, ...args]: readonly string[], ...more: string[]) =>
      run('producer.ts', ...more, '--observations', write('days.csv', text!), ...args)
    assert.equal((await send(before)).code, 0)
    const sent = await readTopic(brokerAddress(), topic)
    const { code, stderr } = await send(after, '--append')
    assert.equal(code, 1)
    assert.match(stderr, /expected the same to follow, found/)
    assert.match(stderr, advice)
    assert.deepEqual(await readTopic(brokerAddress(), topic), sent)
  })
}

for (const args of [[], ['--name', 'Garden']]) {
  test(`producer.ts --append night by night takes a station's own CSV, ${args.length > 0 ? 'named each time' : 'never named'}`, async (t) => {
    const { topic, run, write } = await startStation(t)
    for (const [night, text] of Object.entries(twoNights)) {
      const file = write('station.csv', text)
      const { code, stderr } = await run('producer.ts', '--append', '--observations', file, ...args)
      assert.deepEqual([code, stderr], [0, ''], night)
    }
    const dates = (await readTopic(brokerAddress(), topic)).map(({ date }) => date)
    assert.deepEqual(dates, ['2020-03-02', '2020-03-03'])
  })
}

test('producer.ts --append refuses a file without a station most of whose days the log has with other values', async (t) => {
  const { topic, run, write } = await startStation(t)
  const days = (first: number) =>
    Array.from({ length: 31 }, (_, i) => `2024-01-${String(i + 1).padStart(2, '0')},${first + i}\n`).join('')
  await run('producer.ts', '--observations', write('here.csv', `date,tmax_f\n${days(10)}`))
  const other = write('there.csv', `date,tmax_f\n${days(30)}2024-02-01,5\n`)
  const { code, stderr } = await run('producer.ts', '--append', '--observations', other)
  assert.equal(code, 1)
  assert.match(
    stderr,
    /holds other values for 31 of the 31 days .* is this the same station, in the same unit\?/,
  )
  assert.equal((await readTopic(brokerAddress(), topic)).length, 31)
})

test('verify.ts says when a folder gives its days another source than the log', async (t) => {
  const { directory, run, count, write } = await startStation(t)
  await run('producer.ts', '--observations', write('park.csv', parkDays), ...park)
  await count()
  const memory = join(directory, '.almanac/partition-2.json')
  writeFileSync(memory, readFileSync(memory, 'utf8').replace('Central Park', 'Hyde Park'))
  const { code, output } = await run('verify.ts')
  assert.equal(code, 1)
  assert.match(output, /partition 2: the consumer noted another source of its days than the log says\n/)
})

test('a memory that somebody damaged keeps the page and the chart from nothing but the name', async (t) => {
  const { directory, run, count, write } = await startStation(t)
  await run('producer.ts', '--observations', write('park.csv', parkDays), ...park)
  await count()
  mkdirSync(join(directory, '.almanac'), { recursive: true })
  for (const text of [
    '',
    '{"topicId": 7}',
    '{"topicId":"x","epochs":[],"source":{"kind":"observed","name":"<b>"}}',
  ]) {
    writeFileSync(join(directory, '.almanac/partition-2.json'), text)
    const { html } = await pageOf(t, directory)
    assert.match(html, /January 1869/)
    assert.doesNotMatch(html, /<b>,|Central/)
  }
})
