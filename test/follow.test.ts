import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { brokerAddress, uniqueTopic } from './support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { waitFor } from './support/wait-for.ts'

async function startFollowing(t: TestContext) {
  const topic = uniqueTopic()
  const file = join(await temporaryFolder(t), 'station.csv')
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic }
  const start = (...args: string[]) =>
    startProgram(t, 'producer.ts', ['--follow', '--observations', file, ...args], environment)
  const dates = async () => (await readTopic(brokerAddress(), topic)).map(({ date }) => date).sort()
  const holds = (expected: string[]) =>
    waitFor(`the log to hold ${expected}`, async () => (await dates()).join() === expected.join(), 20_000)
  return { topic, file, environment, start, dates, holds }
}

test('producer.ts --follow sends what is added to the file, once, whatever happens to file and producer', async (t) => {
  const { file, start, dates, holds } = await startFollowing(t)
  const lines = ['date,tmax_f', '2024-01-30,10', '2024-01-31,11']
  const text = () => `${lines.join('\n')}\n`
  const add = (line: string) => {
    lines.push(line)
    appendFileSync(file, `${line}\n`)
  }
  writeFileSync(file, text())
  const first = start()
  await holds(['2024-01-30', '2024-01-31'])
  add('2024-02-01,12')
  await holds(['2024-01-30', '2024-01-31', '2024-02-01'])
  // Gone, half written, damaged; then whole again and packed.
  rmSync(file)
  await waitFor('the absence to be told', () => first.stderr().includes('ENOENT'))
  lines.push('2024-02-02,13')
  writeFileSync(file, gzipSync(text()).subarray(0, 30))
  await waitFor('the damage to be told', () => first.stderr().includes('unexpected end of file'))
  writeFileSync(`${file}.new`, gzipSync(text()))
  renameSync(`${file}.new`, file)
  await holds(['2024-01-30', '2024-01-31', '2024-02-01', '2024-02-02'])
  first.child.kill('SIGKILL')
  await first.ended
  // Started again while the file is away, as a supervisor would.
  rmSync(file)
  const second = start('--append')
  await waitFor('the absence to be told', () => second.stderr().includes('ENOENT'))
  writeFileSync(file, text())
  add('2024-03-01,14')
  const all = ['2024-01-30', '2024-01-31', '2024-02-01', '2024-02-02', '2024-03-01']
  await holds(all)
  second.child.kill('SIGTERM')
  assert.deepEqual(await second.ended, { code: 0, signal: null })
  assert.deepEqual(await dates(), all)
})

test('producer.ts --follow says of a past value that was corrected that it is not sent, once', async (t) => {
  const { file, start, holds } = await startFollowing(t)
  writeFileSync(file, 'date,tmax_f\n2024-01-30,10\n2024-01-31,11\n')
  const producer = start()
  await holds(['2024-01-30', '2024-01-31'])
  writeFileSync(file, 'date,tmax_f\n2024-01-30,10.5\n2024-01-31,11\n')
  await waitFor('the difference', () => producer.stderr().includes('1 days differ from the log'))
  appendFileSync(file, '2024-02-01,12\n')
  await holds(['2024-01-30', '2024-01-31', '2024-02-01'])
  assert.equal(producer.stderr().split('2024-01-30: 10.5 °F, in the log 10 °F').length, 2)
})

test('producer.ts --follow sends nothing of another station that takes the place of the file', async (t) => {
  const { file, start, dates, holds } = await startFollowing(t)
  const line = (station: string, day: string) => `${station},${day},TMAX,100,,,W,2400\n`
  writeFileSync(file, line('USW00094728', '20200101'))
  const producer = start()
  await holds(['2020-01-01'])
  writeFileSync(file, line('USW00014837', '20200101') + line('USW00014837', '20200102'))
  await waitFor('the other station to be told', () =>
    /expected the same to follow, found .*14837/.test(producer.stderr()),
  )
  writeFileSync(file, line('USW00094728', '20200101') + line('USW00094728', '20200103'))
  await holds(['2020-01-01', '2020-01-03'])
  producer.child.kill('SIGTERM')
  assert.equal((await producer.ended).code, 0)
  assert.deepEqual(await dates(), ['2020-01-01', '2020-01-03'])
})

test('producer.ts --days-per-second sends a record at that speed', async (t) => {
  const { topic, file, environment } = await startFollowing(t)
  const days = Array.from({ length: 200 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString())
  writeFileSync(file, `date,tmax_f\n${days.map((day) => `${day.slice(0, 10)},1\n`).join('')}`)
  const args = ['--observations', file, '--days-per-second', '100']
  const { code, stdout, stderr } = await runProgram(t, 'producer.ts', args, environment)
  assert.equal(code, 0, stderr)
  const seconds = Number(/ in ([\d.]+) s,/.exec(stdout)![1])
  // The last of 40 sends comes 39 beats after the first; how much later depends on the machine.
  assert.ok(seconds >= 1.9, stdout)
  assert.equal((await readTopic(brokerAddress(), topic)).length, 200)
})

test('producer.ts refuses to follow standard input, two paces at once, and names that cannot be shown', async (t) => {
  const { file, environment } = await startFollowing(t)
  writeFileSync(file, readFileSync(join(import.meta.dirname, 'data/README.md')))
  for (const [args, message] of [
    [['--follow', '--observations', '-'], /--follow needs files/],
    [['--follow'], /--follow goes with --observations FILE/],
    [['--days-per-second', '3', '--delay', '1'], /exclude each other/],
    [['--days-per-second', 'fast'], /--days-per-second is 'fast'/],
    [['--observations', file, '--name', '=1+1'], /--name is '=1\+1'/],
  ] as const) {
    const { code, stderr } = await runProgram(t, 'producer.ts', args, environment)
    assert.equal(code, 2, stderr)
    assert.match(stderr, message)
  }
})
