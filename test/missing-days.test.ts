import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { servePage } from '../files/page/server.ts'
import { brokerAddress, uniqueTopic } from './support/kafka.ts'
import { offsetsIn } from './support/partition-files.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { waitFor } from './support/wait-for.ts'

const period = { first: 1991, last: 1995 }
const all = ['0', '1', '2', '3']

/** Januaries of five years. Of 1993 five days in a row are missing, of 1994 ten, four of them in a row. */
const missing: Record<number, number[]> = {
  1993: [11, 12, 13, 14, 15],
  1994: [3, 4, 5, 6, 8, 10, 12, 14, 16, 18],
}
const degreesOf = (year: number) => year - 1960

function rowsOf(missing: Record<number, number[]>): string[] {
  return [1991, 1992, 1993, 1994, 1995].flatMap((year) =>
    Array.from({ length: 31 }, (_, index) => index + 1)
      .filter((day) => !missing[year]?.includes(day))
      .map((day) => `${year}-01-${String(day).padStart(2, '0')},${degreesOf(year)}`),
  )
}

async function startStation(t: TestContext) {
  const folder = await temporaryFolder(t)
  const topic = uniqueTopic()
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: folder }
  const file = join(folder, 'station.csv')
  const run = async (program: string, ...args: string[]) => {
    const done = await runProgram(t, program, args, environment)
    assert.equal(done.code, 0, done.stdout + done.stderr)
    return done.stdout
  }
  const send = (rows: readonly string[], ...args: string[]) => {
    writeFileSync(file, `date,tmax_f\n${rows.join('\n')}\n`)
    return run('producer.ts', '--observations', file, ...args)
  }
  const count = (...args: string[]) => run('consumer.ts', ...all, '--exit-at-end', ...args)
  return { folder, environment, run, send, count, memory: join(folder, '.almanac/partition-2.json') }
}

/** What the page says of January: its normal, of how many years, how many of them are not certain, and the gap of each year. */
async function pageOf(t: TestContext, folder: string) {
  const page = await servePage({ folder, host: '127.0.0.1', port: 0, normals: period })
  t.after(page.close)
  const csv = await (await fetch(`${page.address}stats.csv`)).text()
  const [head, ...rows] = csv.trimEnd().split('\r\n')
  const names = head!.split(',')
  const values = rows.map((row) => Object.fromEntries(row.split(',').map((text, i) => [names[i], text])))
  const gaps = values.map(({ year, longest_gap }) => `${year}: ${longest_gap}`).join(', ')
  const { normal, normal_years: years, uncertain_years: uncertain } = values[0]!
  const html = await (await fetch(page.address)).text()
  return {
    normal,
    years,
    uncertain,
    gaps,
    caption: /<table class="normals"><caption>([^<]*)/.exec(html)![1]!,
  }
}

const known = {
  // 1993 is out.
  ...{ normal: String((31 + 32 + 34 + 35) / 4), years: '4', uncertain: '0' },
  gaps: '1991: 0, 1992: 0, 1993: 5, 1994: 4, 1995: 0',
}
const unknown = {
  ...{ normal: '33', years: '5', uncertain: '2' },
  gaps: '1991: 0, 1992: 0, 1993: , 1994: , 1995: 0',
}

async function expectKnown(t: TestContext, folder: string) {
  const { caption, ...page } = await pageOf(t, folder)
  assert.deepEqual(page, known)
  assert.match(caption, /11 or more days missing, or 5 in a row, does not count \(WMO-No\. 1203\)$/)
}

async function expectUnknown(t: TestContext, folder: string) {
  const { caption, ...page } = await pageOf(t, folder)
  assert.deepEqual(page, unknown)
  assert.match(caption, /Of 2 months it is not known whether 5 in a row are missing: they count here/)
  assert.doesNotMatch(caption, /WMO-No/)
}

test('the normals are by the days missing in a row, also after kills at any time; verify.ts holds them against the log', async (t) => {
  const { folder, environment, run, send, memory } = await startStation(t)
  const rows = rowsOf(missing)
  await send(rows.slice(0, 60))
  for (let sent = 60; sent < rows.length; ) {
    const consumer = startProgram(t, 'consumer.ts', all, environment)
    const before = offsetsIn(folder)[2]!
    sent = Math.min(sent + 9, rows.length)
    await send(rows.slice(0, sent), '--append')
    await waitFor('some of it to be counted', () => offsetsIn(folder)[2]! > before)
    consumer.child.kill('SIGKILL')
    await consumer.ended
  }
  await run('consumer.ts', ...all, '--exit-at-end')
  await expectKnown(t, folder)
  assert.match(await run('verify.ts'), /agree with the log/)
  const text = readFileSync(memory, 'utf8')
  assert.ok(text.includes('[11,12,13,14,15]'), text)
  writeFileSync(memory, text.replace('[11,12,13,14,15]', '[11,12,13,15,16]'))
  const { code, stdout } = await runProgram(t, 'verify.ts', [], environment)
  assert.equal(code, 1)
  assert.match(
    stdout,
    /January 1993: the consumer noted the days 11, 12, 13, 15, 16 as missing, the log has no 11, 12, 13, 14, 15/,
  )
})

test('of files copied by themselves the page does not claim the rule, until they are counted from the log', async (t) => {
  const { folder, send, count, environment } = await startStation(t)
  await send(rowsOf(missing))
  await count()
  const copy = await temporaryFolder(t)
  for (const partition of all)
    cpSync(join(folder, `partition-${partition}.json`), join(copy, `partition-${partition}.json`))
  await expectUnknown(t, copy)
  // Another memory than the file's, of an earlier time: it knows less than the file misses.
  mkdirSync(join(copy, '.almanac'))
  const memory = JSON.parse(readFileSync(join(folder, '.almanac/partition-2.json'), 'utf8'))
  const earlier = { January: { 1993: [11, 12, 13, 14], 1994: [3, 4, 5, 6, 8, 10] } }
  writeFileSync(
    join(copy, '.almanac/partition-2.json'),
    JSON.stringify({ ...memory, supplement: earlier, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  )
  await expectUnknown(t, copy)
  const counted = await runProgram(t, 'consumer.ts', [...all, '--exit-at-end'], {
    ...environment,
    DATA_DIR: copy,
  })
  assert.equal(counted.code, 0, counted.stderr)
  await expectKnown(t, copy)
})

test('--rebuild finds out which days are missing in a file of before; a topic created anew has its own', async (t) => {
  const { folder, send, count, memory } = await startStation(t)
  await send(rowsOf(missing))
  await count()
  const { supplement: _, ...before } = JSON.parse(readFileSync(memory, 'utf8'))
  writeFileSync(memory, JSON.stringify(before))
  await expectUnknown(t, folder)
  await count()
  await expectUnknown(t, folder)
  await count('--rebuild')
  await expectKnown(t, folder)
  // The same numbers of days, other days.
  await send(rowsOf({ 1993: [11, 12, 13, 14, 16], 1994: missing[1994]! }))
  await count()
  const { gaps, years } = await pageOf(t, folder)
  assert.deepEqual([gaps, years], ['1991: 0, 1992: 0, 1993: 4, 1994: 4, 1995: 0', '5'])
})

test('the page tells the normals anew when a consumer that it knows nothing of catches up', async (t) => {
  const { folder, environment, send } = await startStation(t)
  const rows = rowsOf(missing)
  await send(rows.slice(0, 70))
  const consumer = startProgram(t, 'consumer.ts', all, environment)
  const page = await servePage({ folder, host: '127.0.0.1', port: 0, normals: period })
  t.after(page.close)
  const csv = async () => (await fetch(`${page.address}stats.csv`)).text()
  const yearOf = async (year: number) =>
    (await csv()).split('\r\n').find((row) => row.startsWith(`January,${year},`))
  await waitFor('the first days', async () => (await yearOf(1993))?.endsWith(',23,0'))
  await send(rows, '--append')
  await waitFor('the whole', async () => (await yearOf(1995))?.startsWith('January,1995,31,'))
  assert.ok((await yearOf(1993))!.endsWith(',5,0'), await yearOf(1993))
  assert.ok((await yearOf(1994))!.endsWith(',4,0'), await yearOf(1994))
  consumer.child.kill('SIGTERM')
  assert.equal((await consumer.ended).code, 0)
})
