import assert from 'node:assert/strict'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { describeTopic } from '../files/lib/topic/topic.ts'
import { brokerAddress, createTopic, startAdmin, uniqueTopic } from './support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

const header = 'date,tmax_f\n'
const dlyHead = 'USW00094728202001TMAX'
const byYearLine = (element: string, value: number, flag = '') =>
  `USW00094728,20200101,${element},${value},,${flag},W,2400\n`

/** A topic with a record, and a file of the test's own. */
async function startWithLog(t: TestContext, content: string) {
  const { name: topic, id } = await createTopic(t)
  await sendRecords(brokerAddress(), topic, [[reportRecord('2019-01-01', 30)]])
  const file = join(await temporaryFolder(t), 'station.csv')
  writeFileSync(file, content)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic }
  const dates = async () => (await readTopic(brokerAddress(), topic)).map(({ date }) => date)
  const expectUntouched = async () => {
    assert.equal((await describeTopic(startAdmin(t), topic))?.id, id)
    assert.deepEqual(await dates(), ['2019-01-01'])
  }
  return { topic, file, environment, dates, expectUntouched }
}

const cases: [what: string, content: string, args: string[], found: RegExp][] = [
  ['a header alone', header, [], /no day to send: it holds no value\./],
  ['missing values alone', `${header}2024-01-01,\n2024-01-02,\n`, [], /no day to send: 2 without a value\./],
  [
    'flagged and missing values alone',
    byYearLine('TMAX', 50, 'I') + byYearLine('TMAX', -9999),
    [],
    /no day to send: 1 without a value, 1 failed a quality check\./,
  ],
  [
    'a month without a value',
    `${dlyHead}${'-9999   '.repeat(31)}\n`,
    [],
    /no day to send: 31 without a value\./,
  ],
  ['other elements alone', byYearLine('PRCP', 12), [], /no day to send: it holds no value\./],
  [
    'days before --from alone',
    `${header}2024-01-01,30\n2024-01-02,31\n`,
    ['--from', '2990-01-01'],
    /no day to send: 2 outside --from and --to\..* --from 2990-01-01/,
  ],
  [
    'days after --to alone',
    `${header}2024-01-01,30\n`,
    ['--to', '1990-01-01'],
    /no day to send: 1 outside --from and --to\..* --to 1990-01-01/,
  ],
]

for (const [what, content, args, found] of cases) {
  test(`producer.ts leaves the topic alone and fails when the file holds ${what}`, async (t) => {
    const { file, environment, expectUntouched } = await startWithLog(t, content)
    for (const append of [[], ['--append']]) {
      const all = [...append, '--observations', file, ...args]
      const { code, stdout, stderr } = await runProgram(t, 'producer.ts', all, environment)
      assert.deepEqual([code, stdout], [1, ''], stderr)
      assert.match(stderr, /^\/.*station\.csv: no day /)
      assert.match(stderr, found)
      assert.match(stderr, /Nothing has been sent, and the topic is as it was\./)
      await expectUntouched()
    }
  })
}

test('producer.ts leaves the topic alone and fails when values are impossible in their unit', async (t) => {
  const kelvins = 'date,tmax_c\n2020-01-01,278.15\n2020-01-02,280.2\n'
  const { file, environment, expectUntouched } = await startWithLog(t, kelvins)
  for (const append of [[], ['--append']]) {
    const { code, stdout, stderr } = await runProgram(
      t,
      'producer.ts',
      [...append, '--observations', file],
      environment,
    )
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(stderr, /2 of 2 values are impossible .* --units K\. .*Nothing has been sent\./)
    await expectUntouched()
  }
})

test('producer.ts leaves the topic alone and fails when standard input is empty, or a header alone', async (t) => {
  const { environment, expectUntouched } = await startWithLog(t, '')
  for (const [input, found] of [
    ['', /^standard input: it is empty\. .*\n$/],
    [header, /^standard input: no day to send: it holds no value\./],
  ] as const) {
    const producer = startProgram(t, 'producer.ts', ['--observations', '-'], environment)
    producer.child.stdin?.end(input)
    assert.equal((await producer.ended).code, 1)
    assert.match(producer.stderr(), found)
    await expectUntouched()
  }
})

test('producer.ts --append creates no topic for a file without a day', async (t) => {
  const { file, environment } = await startWithLog(t, header)
  const TOPIC = uniqueTopic()
  const args = ['--append', '--observations', file]
  const { code } = await runProgram(t, 'producer.ts', args, { ...environment, TOPIC })
  assert.equal(code, 1)
  assert.equal(await describeTopic(startAdmin(t), TOPIC), undefined)
})

test('producer.ts --list-skipped lists what a file without a day holds', async (t) => {
  const { file, environment } = await startWithLog(t, `${header}2024-01-01,\n`)
  const args = ['--list-skipped', '--observations', file]
  const { code, stdout } = await runProgram(t, 'producer.ts', args, environment)
  assert.equal(code, 1)
  assert.match(stdout, /^Skipped 2024-01-01: without a value \(\/.*station\.csv: line 2, column 12\)\n$/)
})

test('producer.ts sends nothing and succeeds when the log has each day of the file already', async (t) => {
  const { file, environment, expectUntouched } = await startWithLog(t, `${header}2019-01-01,30\n`)
  const args = ['--append', '--observations', file]
  const { code, stdout } = await runProgram(t, 'producer.ts', args, environment)
  assert.equal(code, 0)
  assert.match(stdout, /Sent 0 days \(0 without a value skipped, 1 in the log already\)/)
  await expectUntouched()
})

for (const [what, content] of [
  ['is empty', ''],
  ['has half a header', 'date,tm'],
  ['has a header alone', header],
  ['has a missing value alone', `${header}2024-01-01,\n`],
] as const) {
  test(`producer.ts --follow waits for a day, the topic untouched, while the file ${what}`, async (t) => {
    const { file, environment, dates, expectUntouched } = await startWithLog(t, content)
    const producer = startProgram(t, 'producer.ts', ['--follow', '--observations', file], environment)
    const waiting = /station\.csv: no day to send: .* The topic is left as it is until there is one\.\n/
    await waitFor('the waiting to be told', () => waiting.test(producer.stderr()))
    await expectUntouched()
    writeFileSync(file, `${header}2024-01-01,\n`)
    await waitFor('what is found now', () => /no day to send: 1 without a value\./.test(producer.stderr()))
    await expectUntouched()
    appendFileSync(file, '2024-01-02,31\n')
    await waitFor('the day to be sent', async () => producer.stdout().includes('Sent 1 days'))
    assert.deepEqual(await dates(), ['2024-01-02'])
    // Emptied afterwards, as by a program that writes it anew: nothing to send, and nothing lost.
    writeFileSync(file, '')
    await waitFor('the emptiness', () => producer.stderr().includes('no day to send: it holds no value.'))
    writeFileSync(file, `${header}2024-01-02,31\n2024-01-03,32\n`)
    await waitFor('the next day', async () => (await dates()).length === 2)
    producer.child.kill('SIGTERM')
    assert.deepEqual(await producer.ended, { code: 0, signal: null }, producer.stderr())
    assert.deepEqual(await dates(), ['2024-01-02', '2024-01-03'])
  })
}

test('producer.ts leaves the topic alone and fails when no file holds the station asked for', async (t) => {
  const { file, environment, expectUntouched } = await startWithLog(t, byYearLine('PRCP', 12))
  for (const append of [[], ['--append']]) {
    const args = [...append, '--observations', file, '--station', 'USW00014837']
    const { code, stdout, stderr } = await runProgram(t, 'producer.ts', args, environment)
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(
      stderr,
      /^The observations hold no highest temperature of USW00014837\. Nothing has been sent\./,
    )
    await expectUntouched()
  }
})
