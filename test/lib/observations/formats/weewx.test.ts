import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readdir, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readObservations } from '../../../../files/lib/observations/observations.ts'
import { temporaryFolder } from '../../../support/program.ts'
import { readFiles, readTexts } from '../../../support/read-observations.ts'
import { type WeewxContent, writeWeewx } from '../../../support/weewx-database.ts'

const timeZone = 'Europe/Berlin'
const at = (moment: string) => Date.parse(moment) / 1000
// Midnight in Berlin: 22:00 UTC of the day before in summer, 23:00 in winter.
const [june1, june2, june3] = ['2024-05-31T22:00Z', '2024-06-01T22:00Z', '2024-06-02T22:00Z'].map(at) as [
  number,
  number,
  number,
]

async function write(t: TestContext, content: WeewxContent): Promise<string> {
  const path = join(await temporaryFolder(t), 'weewx.sdb')
  writeWeewx(path, content)
  return path
}

/** A record an hour, stamped at its end: 10 °C, and `high` between 14:00 and 15:00. */
function records(start: number, high: number, hours = 24) {
  return Array.from({ length: hours }, (_, hour) => ({
    dateTime: start + 3600 * (hour + 1),
    outTemp: hour === 14 ? high : 10,
  }))
}

const days = [
  { dateTime: june1, max: 20 },
  { dateTime: june2, max: 25 },
]

test('weewx: the highest temperature of a day is that of the daily summary, not that of the records', async (t) => {
  const path = await write(t, { days, records: [...records(june1, 19.4), ...records(june2, 24.6)] })
  const read = await readFiles([path], { timeZone })
  assert.deepEqual([read.days, read.skipped], [['2024-06-01 68', '2024-06-02 77'], {}])
  assert.deepEqual([read.unit, read.dataset, read.id], ['C', undefined, undefined])
})

test('weewx: usUnits tells the unit', async (t) => {
  const all = records(june1, 20)
  for (const [usUnits, degrees] of [
    [1, 20],
    [16, 68],
    [17, 68],
  ] as const) {
    const path = await write(t, { usUnits, days: days.slice(0, 1), records: all })
    const read = await readFiles([path], { timeZone })
    assert.deepEqual([read.days, read.unit], [[`2024-06-01 ${degrees}`], usUnits === 1 ? 'F' : 'C'])
  }
  await assert.rejects(
    readFiles([await write(t, { usUnits: 5, records: all })], { timeZone }),
    /weewx\.sdb: table archive has usUnits 5: expected one of 1 \(US\), 16/,
  )
  const mixed = all.map((record, index) => ({ ...record, usUnits: index < 3 ? 1 : 16 }))
  await assert.rejects(readFiles([await write(t, { records: mixed })], { timeZone }), /usUnits 1 and 16/)
  const metric = await write(t, { records: all })
  await assert.rejects(readFiles([metric], { timeZone, unit: 'F' }), /says °C: expected no --units F/)
})

test('weewx: without daily summaries the records tell, and one stamped midnight is of the day before', async (t) => {
  const [first, second] = [records(june1, 20), records(june2, 25)]
  const midnight = { dateTime: june2, outTemp: 30 }
  const all = [...first.slice(0, -1), midnight, ...second]
  assert.equal(all[23]?.dateTime, june2)
  const read = await readFiles([await write(t, { records: all })], { timeZone })
  assert.deepEqual([read.days, read.skipped], [['2024-06-01 86', '2024-06-02 77'], {}])
  const empty = await write(t, { records: all, days: [] })
  assert.deepEqual((await readFiles([empty], { timeZone })).days, ['2024-06-01 86', '2024-06-02 77'])
})

test('weewx: a day counts with readings of 20 hours, and is listed as incomplete with fewer', async (t) => {
  const some = [
    { dateTime: june1, max: 20, hours: 20 },
    { dateTime: june2, max: 25, hours: 19.9 },
  ]
  const expected = [['2024-06-01 68'], { incomplete: 1 }]
  const summary = await readFiles([await write(t, { days: some, records: records(june1, 0) })], { timeZone })
  assert.deepEqual([summary.days, summary.skipped], expected)
  const few = [...records(june1, 20, 20), ...records(june2, 25, 19)]
  const archive = await readFiles([await write(t, { records: few })], { timeZone })
  assert.deepEqual([archive.days, archive.skipped], expected)
})

test('weewx: before version 4.0 of the summaries the records tell how complete a day is', async (t) => {
  // weewx 4.2 counted each record as a second of its interval.
  const wrong = days.map((day) => ({ ...day, hours: 24 / 3600 }))
  const all = [...records(june1, 19), ...records(june2, 24, 19)]
  for (const version of ['3.0', '2.0', '1.0']) {
    const read = await readFiles([await write(t, { days: wrong, records: all, version })], { timeZone })
    assert.deepEqual([read.days, read.skipped], [['2024-06-01 68'], { incomplete: 1 }], version)
  }
})

test('weewx: a day without a reading is missing, and records without one cover nothing', async (t) => {
  const nothing = await write(t, {
    days: [{ dateTime: june1, max: null }, days[1]!],
    records: records(june2, 0),
  })
  const summary = await readFiles([nothing], { timeZone })
  assert.deepEqual([summary.days, summary.skipped], [['2024-06-02 77'], { missing: 1 }])
  const silent = records(june1, 20).map((record) => ({ ...record, outTemp: null }))
  const half = records(june2, 25).map((record, hour) => ({
    ...record,
    outTemp: hour < 5 ? null : record.outTemp,
  }))
  const archive = await readFiles([await write(t, { records: [...silent, ...half] })], { timeZone })
  assert.deepEqual([archive.days, archive.skipped], [[], { missing: 1, incomplete: 1 }])
  const noInterval = records(june1, 20).map((record) => ({ ...record, interval: 0 }))
  const without = await readFiles([await write(t, { records: noInterval })], { timeZone })
  assert.deepEqual(without.skipped, { incomplete: 1 })
})

test('weewx: the days on which clocks change have 23 and 25 hours', async (t) => {
  const spring = at('2024-03-30T23:00Z')
  const autumn = at('2024-10-26T22:00Z')
  const all = [
    ...records(spring, 20, 23).slice(0, -1),
    // Midnight of 1 April, and of 28 October.
    { dateTime: at('2024-03-31T22:00Z'), outTemp: 25 },
    { dateTime: at('2024-03-31T23:00Z'), outTemp: 40 },
    ...records(autumn, 20, 25).slice(0, -1),
    { dateTime: at('2024-10-27T23:00Z'), outTemp: 30 },
    { dateTime: at('2024-10-28T00:00Z'), outTemp: 40 },
  ]
  const expected = [['2024-03-31 77', '2024-10-27 86'], { incomplete: 2 }]
  const archive = await readFiles([await write(t, { records: all })], { timeZone })
  assert.deepEqual([archive.days, archive.skipped], expected)
  const summaries = [
    { dateTime: spring, max: 25, hours: 23 },
    { dateTime: at('2024-03-31T22:00Z'), max: 40, hours: 1 },
    { dateTime: autumn, max: 30, hours: 25 },
    { dateTime: at('2024-10-27T23:00Z'), max: 40, hours: 1 },
  ]
  const summary = await readFiles([await write(t, { days: summaries, records: all })], { timeZone })
  assert.deepEqual([summary.days, summary.skipped], expected)
})

test('weewx: where clocks pass over midnight, or have it twice, a day begins at either hour', async (t) => {
  for (const [zone, day, moments] of [
    ['America/Sao_Paulo', '2018-11-04', ['2018-11-04T03:00Z', '2018-11-04T02:00Z']],
    ['America/Havana', '2024-11-03', ['2024-11-03T04:00Z', '2024-11-03T05:00Z']],
  ] as const) {
    for (const moment of moments) {
      const path = await write(t, {
        days: [{ dateTime: at(moment), max: 20 }],
        records: records(at(moment), 20),
      })
      assert.deepEqual((await readFiles([path], { timeZone: zone })).days, [`${day} 68`], moment)
    }
  }
})

test('weewx: days of another time zone stop it, and --timezone is asked for', async (t) => {
  const path = await write(t, { days, records: records(june1, 20) })
  await assert.rejects(
    readFiles([path], { timeZone: 'America/Chicago' }),
    /weewx\.sdb: table archive_day_outTemp, dateTime 1717192800: the day does not begin at midnight in America\/Chicago: .* --timezone/,
  )
})

test('weewx: what is left out is listed with table and key', async (t) => {
  const path = await write(t, { days: [{ ...days[0]!, hours: 3 }], records: records(june1, 20) })
  const options = { timeZone, listSkipped: true }
  const { list } = await readObservations([path], options, new AbortController().signal)
  assert.deepEqual(
    list.map(({ reason, date, row }) => [reason, date, row]),
    [['incomplete', '2024-06-01', 'table archive_day_outTemp, dateTime 1717192800']],
  )
})

test('weewx: --from and --to take a part, and two databases are put together', async (t) => {
  const one = await write(t, { days, records: records(june1, 20) })
  const part = await readFiles([one], { timeZone, from: '2024-06-02' })
  assert.deepEqual([part.days, part.skipped], [['2024-06-02 77'], { outside: 1 }])
  const next = await write(t, {
    usUnits: 1,
    days: [{ dateTime: june3, max: 80 }],
    records: records(june3, 80),
  })
  const both = await readFiles([one, next], { timeZone })
  assert.deepEqual(both.days, ['2024-06-01 68', '2024-06-02 77', '2024-06-03 80'])
})

test('weewx: a database packed by gzip, or from standard input, is read', async (t) => {
  const bytes = readFileSync(await write(t, { days, records: records(june1, 20) }))
  for (const written of [bytes, gzipSync(bytes)])
    assert.deepEqual((await readTexts([written], { timeZone })).days, ['2024-06-01 68', '2024-06-02 77'])
})

test('weewx: the database is only read, also while weewx has it open', async (t) => {
  const path = await write(t, { days, records: records(june1, 20) })
  const before = readFileSync(path)
  await readFiles([path], { timeZone })
  assert.deepEqual([readFileSync(path).equals(before), await readdir(dirname(path))], [true, ['weewx.sdb']])
  const writer = new DatabaseSync(path)
  t.after(() => writer.close())
  writer.exec('PRAGMA journal_mode = WAL')
  writer.exec('BEGIN IMMEDIATE')
  writer.exec('UPDATE archive_day_outTemp SET max = 30')
  assert.deepEqual((await readFiles([path], { timeZone })).days, ['2024-06-01 68', '2024-06-02 77'])
  writer.exec('COMMIT')
  assert.deepEqual((await readFiles([path], { timeZone })).days, ['2024-06-01 86', '2024-06-02 86'])
})

test('weewx: a database that another program has locked is waited for', async (t) => {
  const path = await write(t, { days, records: records(june1, 20) })
  const writer = new DatabaseSync(path)
  t.after(() => writer.close())
  writer.exec('BEGIN EXCLUSIVE')
  writer.exec('UPDATE archive_day_outTemp SET max = 30')
  const reading = readFiles([path], { timeZone })
  setTimeout(() => writer.exec('COMMIT'), 300)
  assert.deepEqual((await reading).days, ['2024-06-01 86', '2024-06-02 86'])
})

test('weewx: a database that stays locked stops it after a while', async (t) => {
  const path = await write(t, { days, records: records(june1, 20) })
  const writer = new DatabaseSync(path)
  t.after(() => writer.close())
  writer.exec('BEGIN EXCLUSIVE')
  await assert.rejects(
    readFiles([path], { timeZone }),
    /^OperatingError: .*weewx\.sdb: another program has locked the database for 5 s\. Try again, or read a copy/,
  )
})

test('weewx: a database without records yet holds no days', async (t) => {
  const { days, skipped } = await readFiles([await write(t, { days: [] })], { timeZone })
  assert.deepEqual([days, skipped], [[], {}])
})

test('weewx: another database, a damaged one, and values that are none stop it', async (t) => {
  const folder = await temporaryFolder(t)
  const other = new DatabaseSync(join(folder, 'other.sdb'))
  other.exec('CREATE TABLE weather (date TEXT, tmax REAL)')
  other.close()
  await assert.rejects(
    readFiles([join(folder, 'other.sdb')]),
    /other\.sdb: it is a database of SQLite with the tables weather: expected weewx's/,
  )
  const cut = await write(t, { days, records: [...records(june1, 20), ...records(june2, 20)] })
  await truncate(cut, 4096)
  await assert.rejects(readFiles([cut], { timeZone }), /SQLite cannot read the database \(.*malformed/)
  const text = await write(t, { days: [{ dateTime: june1, max: 'warm' }], records: records(june1, 20) })
  await assert.rejects(
    readFiles([text], { timeZone }),
    /table archive_day_outTemp, dateTime 1717192800: 'warm': expected a number/,
  )
  const hot = await write(t, { records: [{ dateTime: june1, outTemp: '1O' }] })
  await assert.rejects(readFiles([hot], { timeZone }), /table archive, dateTime \d+: '1O': expected a number/)
  const milliseconds = await write(t, { records: [{ dateTime: june1 * 1000, outTemp: 10 }] })
  await assert.rejects(
    readFiles([milliseconds], { timeZone }),
    /table archive, dateTime 1717192800000: '1717192800000': expected seconds since 1970/,
  )
  const header = join(folder, 'header.sdb')
  await writeFile(header, 'SQLite format 3\0'.padEnd(512, '\0'))
  await assert.rejects(readFiles([header]), /SQLite cannot read the database \(file is not a database\)/)
})

test('weewx: the time zone of this machine is the default', async (t) => {
  const path = await write(t, { days, records: records(june1, 20) })
  const before = process.env.TZ
  t.after(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })
  process.env.TZ = timeZone
  assert.deepEqual((await readFiles([path])).days, ['2024-06-01 68', '2024-06-02 77'])
  process.env.TZ = 'UTC'
  await assert.rejects(readFiles([path]), /does not begin at midnight in UTC/)
})
