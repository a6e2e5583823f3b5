/* Evidence and time travel of the page, held against the records that were sent and against verify.ts. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brokerSettings } from '../../files/lib/core/settings.ts'
import { monthNames } from '../../files/lib/weather/calendar.ts'
import { describeClimate } from '../../files/page/climate.ts'
import type { Evidence } from '../../files/page/evidence.ts'
import { statsFragments } from '../../files/page/fragments.ts'
import { noLog, openLog } from '../../files/page/log-access.ts'
import { servePage } from '../../files/page/server.ts'
import { averagesOfDays } from '../support/climate.ts'
import { brokerAddress, createTopic } from '../support/kafka.ts'
import { putPartitionFile } from '../support/pages.ts'
import { runProgram, temporaryFolder } from '../support/program.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { type RawRecord, reportRecord, sendRecords } from '../support/send-records.ts'
import { waitFor } from '../support/wait-for.ts'

/** A record as it is sent, and what it is to the statistics. */
type Sent = { date: string; degrees: number; kind: 'counted' | 'duplicate' | 'late' }

/** Some years of days with repeats, late reports, gaps, and what is no report. */
function drawRecords(random: () => number, years: number) {
  const sent: Sent[] = []
  const records: RawRecord[] = []
  const put = (date: string, degrees: number, kind: Sent['kind']) => {
    sent.push({ date, degrees, kind })
    records.push(reportRecord(date, degrees))
  }
  let missed: string | undefined
  for (let day = Date.UTC(1990, 0, 1); day < Date.UTC(1990 + years, 0, 1); day += 86_400_000) {
    const date = new Date(day).toISOString().slice(0, 10)
    if (random() < 0.02) {
      missed = date
      continue
    }
    put(date, Math.round(random() * 1000) / 10, 'counted')
    if (random() < 0.05) put(date, 1_000_000, 'duplicate')
    if (missed?.slice(0, 7) === date.slice(0, 7) && random() < 0.3) put(missed, 50, 'late')
    if (random() < 0.01) records.push({ key: Buffer.from('January'), value: Buffer.from('no report') })
    missed = missed?.slice(0, 7) === date.slice(0, 7) ? missed : undefined
  }
  return { sent, records }
}

async function countedPage(t: TestContext, years: number) {
  const { name: topic } = await createTopic(t)
  const { sent, records } = drawRecords(seededRandom(t), years)
  const groups = Array.from({ length: Math.ceil(records.length / 500) }, (_, i) =>
    records.slice(i * 500, i * 500 + 500),
  )
  await sendRecords(brokerAddress(), topic, groups)
  const folder = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: folder }
  const { code, stderr } = await runProgram(
    t,
    'consumer.ts',
    ['0', '1', '2', '3', '--exit-at-end'],
    environment,
  )
  assert.equal(code, 0, stderr)
  const log = openLog(brokerSettings(environment), topic)
  const page = await servePage({ folder, host: '127.0.0.1', port: 0, log })
  t.after(page.close)
  return { ...page, sent, folder, environment, topic }
}

const isOfMonth = ({ date }: Sent, name: string, year: number) =>
  date.startsWith(
    `${year}-${String(monthNames.indexOf(name as (typeof monthNames)[number]) + 1).padStart(2, '0')}`,
  )

test('the evidence of each number is the records that were sent, and their sum is that of the file', async (t) => {
  const { address, sent, folder } = await countedPage(t, 3)
  for (const name of monthNames) {
    for (const year of [1990, 1991, 1992]) {
      const response = await fetch(`${address}evidence/${name}/${year}`)
      const evidence = (await response.json()) as Evidence
      const own = sent.filter((record) => isOfMonth(record, name, year))
      assert.deepEqual(
        evidence.records.map(({ date, degrees, kind }) => ({ date, degrees, kind })),
        own,
      )
      const file = JSON.parse(readFileSync(join(folder, `partition-${evidence.partition}.json`), 'utf8'))
      const degrees = own.filter(({ kind }) => kind === 'counted').map(({ degrees }) => degrees)
      const sum = degrees.reduce((total, value) => total + value, 0)
      assert.deepEqual(evidence.log, { count: degrees.length, sum, avg: sum / degrees.length })
      assert.deepEqual([file[name][year].sum, file[name][year].count], [sum, degrees.length])
      assert.equal(evidence.agrees, true)
      const at = evidence.records.map(({ offset }) => offset)
      assert.deepEqual(
        at,
        at.toSorted((a, b) => a - b),
      )
    }
  }
  const of = (name: string) => sent.filter((record) => isOfMonth(record, name, 1991))
  const { text } = await fetch(`${address}evidence/May/1991`, { headers: { Accept: 'text/html' } }).then(
    async (response) => ({ text: await response.text() }),
  )
  assert.equal(text.match(/<tr class="/g)?.length, of('May').length)
  assert.match(text, /✓ \d+ days in the log have the sum/)
  assert.equal((await fetch(`${address}evidence/May/1889`)).status, 404)
  assert.equal((await fetch(`${address}evidence/Mai/1991`)).status, 404)
})

test('evidence says that a number of the file is not what its records come to', async (t) => {
  const { address, folder } = await countedPage(t, 1)
  const july = async () => (await (await fetch(`${address}evidence/July/1990`)).json()) as Evidence
  const { partition, agrees, log, file } = await july()
  assert.equal(agrees, true)
  const path = join(folder, `partition-${partition}.json`)
  const text = JSON.parse(readFileSync(path, 'utf8'))
  const sum = file.sum + 31
  Object.assign(text.July[1990], { sum, avg: sum / file.count })
  putPartitionFile(folder, partition, JSON.stringify(text))
  const after = await waitFor('the file to be read', async () => {
    const evidence = await july()
    return evidence.file.sum === sum ? evidence : undefined
  })
  assert.deepEqual([after.agrees, after.log], [false, log])
  const page = await (
    await fetch(`${address}evidence/July/1990`, { headers: { Accept: 'text/html' } })
  ).text()
  assert.match(page, /class="proof differ">The file differs from the log: partition-\d\.json has \d+ days/)
})

test('the highest value of each day of the year is that of the days that were counted', async (t) => {
  const { address, sent } = await countedPage(t, 4)
  const { dayRecords } = (await (await fetch(`${address}evidence/July/1992`)).json()) as {
    dayRecords: ({ degrees: number } | null)[]
  }
  for (let day = 1; day <= 31; day++) {
    const own = sent.filter(
      ({ date, kind }) => kind === 'counted' && date.slice(5) === `07-${String(day).padStart(2, '0')}`,
    )
    assert.equal(dayRecords[day]?.degrees, Math.max(...own.map(({ degrees }) => degrees)))
  }
})

test('the page of any day equals what verify.ts --at-date says', async (t) => {
  const { address, sent, environment } = await countedPage(t, 3)
  for (let index = 0; index < 10; index++) {
    const { date } = sent[Math.floor(((index + 0.5) * sent.length) / 10)]!
    const { stdout } = await runProgram(t, 'verify.ts', ['--at-date', date], environment)
    const page = await (await fetch(`${address}?at=${date}&unit=F`)).text()
    const expected = new Map<string, string>()
    for (const line of stdout.trim().split('\n')) {
      const { partition: _, offset: __, ...months } = JSON.parse(line)
      for (const [name, years] of Object.entries<Record<string, { avg: number; count: number }>>(months))
        for (const [year, { avg }] of Object.entries(years)) expected.set(`${name} ${year}`, avg.toFixed(1))
    }
    assert.deepEqual(tableOf(page), expected, date)
    assert.match(page, new RegExp(`as it was when ${date} was the newest day`))
    assert.doesNotMatch(page, /href="(stripes|month|stats|partition)/, 'these would be those of now')
  }
})

/** The numbers of a page's table, by month and year. */
function tableOf(page: string): Map<string, string> {
  const numbers = new Map<string, string>()
  for (const [, year, row] of page.matchAll(/<tr id="y(\d+)">(.*?)<\/tr>/g)) {
    const cells = [...row!.matchAll(/<td([^>]*)>([^<]*)<\/td>/g)].slice(0, 12)
    for (const [month, [, , text]] of cells.entries())
      if (text) numbers.set(`${monthNames[month]} ${year}`, text!)
  }
  return numbers
}

test('155 years back and forth: each day of the past is answered from the log that was read once', async (t) => {
  const { address, sent } = await countedPage(t, 155)
  await fetch(`${address}?at=2000-01-01`)
  const times: number[] = []
  for (let index = 0; index < 12; index++) {
    const { date } = sent[Math.floor(((index + 0.5) * sent.length) / 12)]!
    const begin = performance.now()
    const response = await fetch(
      `${address}fragments?unit=F&at=${date}&names=latest+stripes+heat-map+year-lines`,
    )
    const fragments = (await response.json()) as Record<string, string>
    times.push(performance.now() - begin)
    assert.ok(fragments.latest!.includes(date.slice(0, 4)), fragments.latest)
  }
  times.sort((a, b) => a - b)
  t.diagnostic(`median ${times[6]!.toFixed(0)} ms, worst ${times[11]!.toFixed(0)} ms`)
})

test('an absent broker is said in place of evidence and time travel, and the page itself goes on', async (t) => {
  const folder = await temporaryFolder(t)
  const log = openLog({ ...brokerSettings({}), bootstrapBrokers: ['127.0.0.1:1'] }, 'temperatures')
  const page = await servePage({ folder, host: '127.0.0.1', port: 0, log })
  t.after(page.close)
  const response = await fetch(`${page.address}?at=2000-01-01`)
  assert.equal(response.status, 503)
  assert.match(await response.text(), /cannot be shown: no broker answers at 127\.0\.0\.1:1/)
  assert.equal((await fetch(`${page.address}?at=2000-02-30`)).status, 400)
  const { error } = (await (await fetch(`${page.address}fragments?at=2000-01-01&names=latest`)).json()) as {
    error: string
  }
  assert.match(error, /no broker answers/)
  const now = await (await fetch(page.address)).text()
  assert.match(now, /Time travel, and the records behind the numbers, need the log: no broker answers at/)
  assert.equal(noLog.absence(), 'this page was given no broker')
})

test('a topic that is created anew begins the history anew', async (t) => {
  const { address, environment, topic } = await countedPage(t, 1)
  await fetch(`${address}?at=1990-06-01`)
  await createTopic(t, brokerAddress(), topic)
  const fresh = [{ date: '2001-05-01', degrees: 70 }]
  await sendRecords(brokerAddress(), topic, [fresh.map(({ date, degrees }) => reportRecord(date, degrees))])
  const { code, stderr } = await runProgram(
    t,
    'consumer.ts',
    ['0', '1', '2', '3', '--exit-at-end'],
    environment,
  )
  assert.equal(code, 0, stderr)
  const { text } = await fetch(`${address}evidence/May/2001`).then(async (response) => ({
    text: await response.text(),
  }))
  const { records, agrees } = JSON.parse(text)
  assert.deepEqual([records.length, agrees], [1, true], text)
  const expected = statsFragments(describeClimate(averagesOfDays(fresh)), 'F').get('latest')!
  const { latest } = (await (
    await fetch(`${address}fragments?at=2001-05-02&names=latest&unit=F`)
  ).json()) as {
    latest: string
  }
  assert.equal(latest, expected)
})
