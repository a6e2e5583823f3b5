import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { describeTopic } from '../files/lib/topic/topic.ts'
import { brokerAddress, createTopic, startAdmin } from './support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { centralPark } from './support/station-files.ts'

// A port that nothing listens on: whoever asked a broker would wait for it.
const environment = { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' }
const end = 'Nothing has been sent: this is what would be, without --check.'

async function startFolder(t: TestContext) {
  const folder = await temporaryFolder(t)
  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  return { folder, write }
}

const check = (t: TestContext, ...args: string[]) =>
  runProgram(t, 'producer.ts', ['--check', '--observations', ...args], environment)

test('producer.ts --check shows what would be sent of a small file, and why it takes it so', async (t) => {
  const { write } = await startFolder(t)
  const rows = ['2023-12-30,3.2', '2023-12-31,', '2024-01-01,-0.2', '2024-01-02,9999', '2024-01-06,7']
  const file = write('garden.csv', `date,tmax_c\n${rows.join('\n')}\n2024-01-07,7\n2024-01-08,1`)
  const { code, stdout, stderr } = await check(t, file, '--name', 'My garden')
  assert.deepEqual([code, stderr], [0, ''])
  assert.deepEqual(stdout.split('\n'), [
    'Format   CSV with a header',
    'Station  My garden',
    'Unit     °C, by its column tmax_c',
    'Days     5 days',
    'Span     2023-12-30 to 2024-01-08, 10 days',
    'Gaps     2 gaps, 5 days in all: 2023-12-31, 2024-01-02 to 2024-01-05 (4 days)',
    'Skipped  1 without a value, 1 with a number that stands for a missing value',
    'Lowest   31.64 °F (-0.2 °C) on 2024-01-01',
    'Highest  44.6 °F (7 °C) on 2024-01-06, and on 1 other day',
    'First    2023-12-30  37.76 °F (3.2 °C)',
    '         2024-01-01  31.64 °F (-0.2 °C)',
    '         2024-01-06  44.6 °F (7 °C)',
    'Last     2024-01-07  44.6 °F (7 °C)',
    '         2024-01-08  33.8 °F (1 °C)',
    end,
    '',
  ])
})

test('producer.ts --check tells of Central Park what awk tells', async (t) => {
  const { code, stdout, stderr } = await check(t, centralPark, '--name', 'Central Park')
  assert.deepEqual([code, stderr], [0, ''])
  const [days, first, last, lowest, lowestOn, highest, highestOn] = execFileSync('sh', [
    '-c',
    extremesByAwk,
    centralPark,
  ])
    .toString()
    .trim()
    .split(' ')
  const row = (label: string) => stdout.split('\n').find((line) => line.startsWith(label.padEnd(9)))
  const degrees = (tenths: string) => `${Math.round(Number(tenths) * 18 + 3200) / 100} °F`
  assert.equal(row('Format'), 'Format   GHCN-Daily .dly')
  assert.equal(row('Station'), 'Station  Central Park (USW00094728), NOAA GHCN-Daily')
  assert.equal(row('Unit'), 'Unit     tenths of °C, by its format')
  assert.equal(row('Days')?.replace(',', ''), `Days     ${days} days`)
  assert.ok(row('Span')?.startsWith(`Span     ${first} to ${last}, `))
  assert.ok(row('Lowest')?.startsWith(`Lowest   ${degrees(lowest!)} (`), row('Lowest'))
  assert.ok(row('Lowest')?.includes(` on ${lowestOn}`))
  assert.ok(row('Highest')?.startsWith(`Highest  ${degrees(highest!)} (`), row('Highest'))
  assert.ok(row('Highest')?.includes(` on ${highestOn}`))
})

test('producer.ts --check says of each of several files how it was read, where they differ', async (t) => {
  const { write } = await startFolder(t)
  const old = write('old.csv', 'date,tmax_f\n2023-01-01,50\n')
  const young = write('young.csv', 'date;tmax_c\n2024-01-01;10,5\n')
  const { code, stdout } = await check(t, old, young)
  assert.equal(code, 0)
  assert.match(stdout, /^Format {3}CSV with a header\nStation {2}no name in the files/)
  assert.ok(
    stdout.includes(
      `\nUnit     ${old}: °F, by its column tmax_f\n         ${young}: °C, by its column tmax_c\n`,
    ),
  )
  assert.match(
    stdout,
    /\nFirst {4}2023-01-01 {2}50 °F \(10 °C\)\n {9}2024-01-01 {2}50\.9 °F \(10\.5 °C\)\nNothing/,
  )
})

test('producer.ts --check says that --units tells the unit, or that the values do', async (t) => {
  const { write } = await startFolder(t)
  const said = write('said.csv', 'date,tmax\n2024-01-01,50\n')
  assert.match((await check(t, said, '--units', 'F')).stdout, /\nUnit {5}°F, by --units F\n/)
  const shown = write(
    'shown.csv',
    `STATION,DATE,TMAX\n${['2024-01-01,-56', '2024-07-01,305', '2024-07-02,311'].map((row) => `USW00000001,${row}\n`).join('')}`,
  )
  assert.match((await check(t, shown)).stdout, /\nUnit {5}tenths of °C, by its values\n/)
})

test('producer.ts --check lists the five longest of many gaps, in the order of their dates', async (t) => {
  const { write } = await startFolder(t)
  const dates = ['01-01', '01-03', '01-06', '01-10', '01-15', '01-21', '01-28', '01-30']
  const rows = dates.map((date) => `2024-${date},50\n`).join('')
  const { stdout } = await check(t, write('gaps.csv', `date,tmax_f\n${rows}`))
  const listed = ['2024-01-04 to 2024-01-05 (2 days)', '2024-01-07 to 2024-01-09 (3 days)']
  listed.push('2024-01-11 to 2024-01-14 (4 days)', '2024-01-16 to 2024-01-20 (5 days)')
  listed.push('2024-01-22 to 2024-01-27 (6 days)')
  assert.ok(
    stdout.includes(`\nGaps     7 gaps, 22 days in all: the 5 longest are ${listed.join(', ')}\n`),
    stdout,
  )
})

for (const [what, content, args] of [
  ['a line that fits no format', 'date,tmax_f\n2024-01-01,warm\n', []],
  ['no unit', 'date,tmax\n2024-01-01,20\n', []],
  ['no day to send', 'date,tmax_f\n2024-01-01,\n', []],
  ['no day asked for', 'date,tmax_f\n2024-01-01,20\n', ['--from', '2024-02-01']],
  ['an archive', 'PK\x03\x04 and so on', []],
  ['several stations', 'STATION,DATE,TMAX\nUSW00000001,2024-07-01,305\nUSW00000002,2024-07-01,305\n', []],
] as const) {
  test(`producer.ts --check fails as sending does when the file holds ${what}; that error names --check`, async (t) => {
    const { write } = await startFolder(t)
    const file = write('station.csv', content)
    const checked = await check(t, file, ...args)
    assert.deepEqual([checked.code, checked.stdout], [1, ''])
    const sent = await runProgram(t, 'producer.ts', ['--observations', file, ...args], environment)
    assert.deepEqual([sent.code, sent.stdout], [1, ''])
    const [error, suggestion] = [checked.stderr.trimEnd(), sent.stderr.slice(checked.stderr.trimEnd().length)]
    assert.ok(sent.stderr.startsWith(error), sent.stderr)
    assert.match(suggestion, /^\sThen `producer\.ts --observations FILE --check` shows what would be sent/)
  })
}

test('the error of a file that is absent suggests no --check, which would fail alike', async (t) => {
  const { folder } = await startFolder(t)
  const args = ['--observations', join(folder, 'absent.csv')]
  const { code, stderr } = await runProgram(t, 'producer.ts', args, environment)
  assert.equal(code, 1)
  assert.match(stderr, /ENOENT/)
  assert.doesNotMatch(stderr, /--check/)
})

test('producer.ts --check reads standard input, and ends also with --follow, which leaves a line without its end', async (t) => {
  const { write } = await startFolder(t)
  const piped = startProgram(t, 'producer.ts', ['--check', '--observations', '-'], environment)
  piped.child.stdin?.end('date,tmax_f\n2024-01-01,20\n')
  assert.equal((await piped.ended).code, 0)
  assert.match(piped.stdout(), /\nDays {5}1 day\n/)
  const growing = write('growing.csv', 'date,tmax_f\n2024-01-01,20\n2024-01-02,3')
  const { code, stdout } = await check(t, growing, '--follow', '--append')
  assert.equal(code, 0)
  assert.match(stdout, /\nDays {5}1 day\n.*\n.*\nSkipped {2}1 in a last line that has no end yet\n/)
})

test('producer.ts --check leaves the topic as it is, with --append and without', async (t) => {
  const { write } = await startFolder(t)
  const { name: topic, id } = await createTopic(t)
  await sendRecords(brokerAddress(), topic, [[reportRecord('2019-01-01', 30)]])
  const file = write('station.csv', 'date,tmax_f\n2024-01-01,20\n')
  const settings = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic }
  for (const append of [[], ['--append']]) {
    const args = ['--check', '--observations', file, ...append]
    assert.equal((await runProgram(t, 'producer.ts', args, settings)).code, 0)
  }
  assert.equal((await describeTopic(startAdmin(t), topic))?.id, id)
  assert.deepEqual(
    (await readTopic(brokerAddress(), topic)).map(({ date }) => date),
    ['2019-01-01'],
  )
})

test('producer.ts --check without a file is wrong usage', async (t) => {
  const { code, stderr } = await runProgram(t, 'producer.ts', ['--check'], environment)
  assert.equal(code, 2)
  assert.match(stderr, /^producer\.ts: --check goes with --observations FILE, which is not given\.\n/)
})

/** Days, first and last day, lowest tenths and the first day that has them, highest tenths and the first day. */
const extremesByAwk = `gzip -dc "$0" | awk 'substr($0, 18, 4) == "TMAX" {
  for (i = 0; i < 31; i++) {
    v = substr($0, 22 + 8 * i, 5) + 0; q = substr($0, 28 + 8 * i, 1)
    if (v == -9999 || q != " ") continue
    d = sprintf("%s-%s-%02d", substr($0, 12, 4), substr($0, 16, 2), i + 1)
    if (n++ == 0) { first = last = d; low = high = v; lowOn = highOn = d }
    if (d < first) first = d
    if (d > last) last = d
    if (v < low || (v == low && d < lowOn)) { low = v; lowOn = d }
    if (v > high || (v == high && d < highOn)) { high = v; highOn = d }
  }
} END { print n, first, last, low, lowOn, high, highOn }'`
