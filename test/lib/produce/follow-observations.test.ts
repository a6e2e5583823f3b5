import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { followObservations } from '../../../files/lib/produce/follow-observations.ts'
import { temporaryFolder } from '../../support/program.ts'
import { waitFor } from '../../support/wait-for.ts'
import { writeWeewx } from '../../support/weewx-database.ts'

const header = 'date,tmax_f\n'

/** Follows a file of the test's own; `dates` is what was read last, `said` all that was told. */
async function follow(t: TestContext, content: string | Buffer | undefined, isPatient = false) {
  const path = join(await temporaryFolder(t), 'station.csv')
  if (content !== undefined) writeFileSync(path, content)
  const said: string[] = []
  const stop = new AbortController()
  const seen: { readings: number; dates: string[]; unfinished: number; error: unknown } = {
    ...{ readings: 0, dates: [], unfinished: 0, error: undefined },
  }
  const following = { isPatient, say: (line: string) => said.push(line), signal: stop.signal }
  const reading = (async () => {
    for await (const { days, skipped } of followObservations([path], { timeZone: 'UTC' }, following)) {
      seen.readings++
      seen.dates = days.map(({ date }) => date)
      seen.unfinished = skipped.get('unfinished') ?? 0
    }
  })().catch((error) => {
    seen.error = error
  })
  t.after(async () => {
    stop.abort()
    await reading
  })
  const sees = (dates: string[]) => waitFor(`${dates}`, () => seen.dates.join() === dates.join())
  const says = (text: RegExp) => waitFor(`${text}`, () => said.some((line) => text.test(line)))
  return { path, said, seen, sees, says }
}

test('lines that are added are read, and a last line only once it has its end', async (t) => {
  const { path, seen, sees, says } = await follow(t, `${header}2024-01-01,30\n`)
  await sees(['2024-01-01'])
  await says(/^Following .*station\.csv: what is added is sent\.$/)
  appendFileSync(path, '2024-01-02,31\n2024-01-03,3')
  await sees(['2024-01-01', '2024-01-02'])
  assert.equal(seen.unfinished, 1)
  appendFileSync(path, '2\n')
  await sees(['2024-01-01', '2024-01-02', '2024-01-03'])
  assert.equal(seen.unfinished, 0)
})

test('a file that is written without a pause is told of, and read once it rests', async (t) => {
  const { path, said, seen, sees, says } = await follow(t, `${header}2024-01-01,30\n`)
  await sees(['2024-01-01'])
  const dates = ['2024-01-01']
  const append = () => {
    dates.push(new Date(Date.UTC(2024, 0, dates.length + 1)).toISOString().slice(0, 10))
    appendFileSync(path, `${dates.at(-1)},30\n`)
  }
  const writing = setInterval(append, 50)
  t.after(() => clearInterval(writing))
  await says(/station\.csv: written without a pause\. It is read once nothing is added for half a second\.$/)
  clearInterval(writing)
  await sees(dates)
  assert.equal(seen.readings, 2)
  assert.equal(said.filter((line) => line.includes('pause')).length, 1)
})

test('a file that changed while it was read is told of, and read again', async (t) => {
  const days = Array.from({ length: 100_000 }, (_, i) =>
    new Date(Date.UTC(1700, 0, 1 + i)).toISOString().slice(0, 10),
  )
  const { path, sees, says } = await follow(t, header + days.map((date) => `${date},30\n`).join(''))
  const writing = setInterval(() => utimesSync(path, new Date(), new Date()), 1)
  t.after(() => clearInterval(writing))
  await says(
    /station\.csv: changed while it was read\. It is read once nothing is added for half a second\.$/,
  )
  clearInterval(writing)
  await sees(days)
})

test('a packed file that is replaced is read anew, its last line with or without an end', async (t) => {
  const { path, sees } = await follow(t, gzipSync(`${header}2024-01-01,30`))
  await sees(['2024-01-01'])
  writeFileSync(`${path}.new`, gzipSync(`${header}2024-01-01,30\n2024-01-02,31`))
  renameSync(`${path}.new`, path)
  await sees(['2024-01-01', '2024-01-02'])
})

test('a file that is gone, cut off or damaged for a while is told of, and read again when it changes', async (t) => {
  const { path, seen, sees, says } = await follow(t, `${header}2024-01-01,30\n`)
  await sees(['2024-01-01'])
  rmSync(path)
  await says(/cannot read the observations \(ENOENT.*It is read again when it changes\.$/)
  const whole = gzipSync(`${header}2024-01-01,30\n2024-01-02,31\n`)
  writeFileSync(path, whole.subarray(0, whole.length - 9))
  await says(/unexpected end of file.*It is read again when it changes\.$/)
  writeFileSync(path, `${header}2024-01-01,warm\n`)
  await says(/'warm': expected a number of degrees.*It is read again when it changes\.$/)
  writeFileSync(path, whole)
  await sees(['2024-01-01', '2024-01-02'])
  assert.equal(seen.readings, 2)
})

test('a file that cannot be read at first is an error, unless it is known to come', async (t) => {
  const { seen } = await follow(t, undefined)
  await waitFor('the error', () => /ENOENT/.test(String(seen.error)))
  const patient = await follow(t, undefined, true)
  await patient.says(/ENOENT/)
  writeFileSync(patient.path, `${header}2024-01-01,30\n`)
  await patient.sees(['2024-01-01'])
})

test('a database of weewx is followed, also when its changes are in a write-ahead log', async (t) => {
  const midnight = (day: number) => new Date(2024, 5, day).getTime() / 1000
  const made = join(await temporaryFolder(t), 'weewx.sdb')
  const records = [{ dateTime: midnight(2), outTemp: 20 }]
  writeWeewx(made, { records, days: [{ dateTime: midnight(1), max: 20 }] })
  const { path, sees } = await follow(t, readFileSync(made))
  await sees(['2024-06-01'])
  const weewx = new DatabaseSync(path)
  t.after(() => weewx.close())
  const add = (day: number) =>
    weewx.exec(
      `INSERT INTO archive_day_outTemp (dateTime, max, sumtime) VALUES (${midnight(day)}, 20, 86400)`,
    )
  add(2)
  await sees(['2024-06-01', '2024-06-02'])
  weewx.exec('PRAGMA journal_mode = WAL')
  add(3)
  await sees(['2024-06-01', '2024-06-02', '2024-06-03'])
  add(4)
  await sees(['2024-06-01', '2024-06-02', '2024-06-03', '2024-06-04'])
})

test('the newest day is read once it is over, also when the file does not change any more', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2024-01-02T12:00:00Z') })
  const rows = '2024-01-01,30\n2024-01-02,31\n'
  const { path, seen, sees } = await follow(t, header + rows)
  await sees(['2024-01-01'])
  writeFileSync(path, `${header}${rows.replace('31', '40')}`)
  await waitFor('the second reading', () => seen.readings === 2)
  assert.deepEqual(seen.dates, ['2024-01-01'])
  t.mock.timers.setTime(Date.parse('2024-01-02T23:59:59Z'))
  // The file is looked at in between: a line that is added is read, and the day is still held back.
  appendFileSync(path, '2024-01-03,')
  await waitFor('the third reading', () => seen.readings === 3)
  assert.deepEqual(seen.dates, ['2024-01-01'])
  t.mock.timers.setTime(Date.parse('2024-01-03T00:00:00Z'))
  await sees(['2024-01-01', '2024-01-02'])
  assert.equal(seen.readings, 4)
})

test('a day that is over while its file is absent is read when the file is back, and that is told once', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2024-01-02T12:00:00Z') })
  const { path, said, seen, sees, says } = await follow(t, `${header}2024-01-01,30\n2024-01-02,31\n`)
  await sees(['2024-01-01'])
  await says(/^Following/)
  rmSync(path)
  await says(/ENOENT/)
  t.mock.timers.setTime(Date.parse('2024-01-03T00:00:00Z'))
  writeFileSync(path, `${header}2024-01-01,30\n2024-01-02,31\n`)
  await sees(['2024-01-01', '2024-01-02'])
  assert.deepEqual([seen.readings, said.filter((line) => line.includes('ENOENT')).length], [2, 1])
})

test('a file with nothing but a day that is not over says so once, however often it is written', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2024-01-02T12:00:00Z') })
  const { path, said, sees, says } = await follow(t, `${header}2024-01-02,31\n`)
  await says(/no day to send: 1 of a day that is not over\..* Held back 2024-01-02 \(.*line 2, column 12\)/)
  for (const degrees of [32, 33]) writeFileSync(path, `${header}2024-01-02,${degrees}\n`)
  t.mock.timers.setTime(Date.parse('2024-01-03T00:00:00Z'))
  await sees(['2024-01-02'])
  assert.equal(said.filter((line) => line.includes('no day to send')).length, 1)
})
