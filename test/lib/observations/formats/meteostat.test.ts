import assert from 'node:assert/strict'
import test from 'node:test'
import { gzipSync } from 'node:zlib'
import { readTexts } from '../../../support/read-observations.ts'

const header =
  'year,month,day,temp,temp_source,tmin,tmin_source,tmax,tmax_source,rhum,rhum_source,prcp,prcp_source'
const row = (day: string, tmax: string, source: string) =>
  `2026,8,${day},28.6,dwd_daily,8.7,dwd_daily,${tmax},${source},26,dwd_daily,0.0,dwd_daily\n`
const bulk = (...rows: string[]) => `${header}\n${rows.join('')}`
const mixed = bulk(
  row('14', '35.0', 'dwd_daily'),
  row('15', '20.0', 'isd_lite metar'),
  row('16', '25.0', 'metno_forecast'),
  row('17', '30.0', 'isd_lite dwd_mosmix'),
  row('18', '', ''),
)

test('Meteostat: the yearly files of the bulk data are read, in °C, packed by gzip or not', async () => {
  for (const file of [mixed, gzipSync(mixed), mixed.replaceAll('\n', '\r\n')]) {
    const { days, skipped, unit, dataset, notes } = await readTexts([file])
    assert.deepEqual(days, ['2026-08-14 95', '2026-08-15 68', '2026-08-16 77', '2026-08-17 86'])
    assert.deepEqual([skipped, unit, dataset], [{ missing: 1 }, 'C', 'Meteostat'])
    assert.deepEqual(notes, ['f: values from a model, not observed: 2. --no-model leaves them out.'])
  }
  assert.deepEqual((await readTexts([bulk(row('14', '35.0', 'dwd_daily'))])).notes, [])
})

test('Meteostat: --no-model leaves out each value that is from a model, or from one in part', async () => {
  const { days, skipped, notes } = await readTexts([mixed], { noModel: true })
  assert.deepEqual([days, skipped, notes], [['2026-08-14 95', '2026-08-15 68'], { model: 2, missing: 1 }, []])
})

test('Meteostat: years put together keep their headers', async () => {
  const next = `${header}\n${row('1', '10.0', 'ghcnd').replace('2026,8', '2025,1')}`
  const { days } = await readTexts([bulk(row('14', '35.0', 'dwd_daily')) + next])
  assert.deepEqual(days, ['2025-01-01 50', '2026-08-14 95'])
})

test('Meteostat: what the site and the Python library export is read', async () => {
  for (const [names, date, ...more] of [
    ['time,tavg,tmin,tmax,prcp', '2018-01-01 00:00:00', '0.0'],
    ['date,tavg,tmin,tmax,prcp,snow,wdir,wspd,wpgt,pres,tsun', '2018-01-01', '0.0,,,,,,'],
    ['time,temp,tmin,tmax,rhum,prcp,snwd,wspd,wpgt,pres,tsun,cldc', '2018-01-01', '80,0.0,,,,,,'],
    ['"date","tavg","tmin","tmax","prcp"', '"2018-01-01"', '0.0'],
  ] as const) {
    const { days, unit } = await readTexts([`${names}\n${date},5.2,1.1,10.0,${more.join()}\n`])
    assert.deepEqual([days, unit], [['2018-01-01 50'], 'C'], names)
  }
})

test('Meteostat: an export with midnight in its dates has its right value', async () => {
  const text = 'time,tavg,tmin,tmax,prcp\n2018-01-01 00:00:00,5.2,1.1,8.9,0.0\n'
  assert.deepEqual((await readTexts([text])).days, ['2018-01-01 48.02'])
})

test('Meteostat: an export in °F is read when --units says so, the bulk data are not', async () => {
  const text = 'time,tavg,tmin,tmax,prcp\n2018-01-01,41,30,50,0.0\n'
  assert.deepEqual((await readTexts([text], { unit: 'F' })).days, ['2018-01-01 50'])
  await assert.rejects(readTexts([mixed], { unit: 'F' }), /says °C: expected no --units F/)
})

test('Meteostat: an export of several stations is read of the one that is asked for', async () => {
  const text = [
    'station,time,temp,temp_source,tmin,tmin_source,tmax,tmax_source,prcp',
    '10637,2018-01-01,5,ghcnd,1,ghcnd,10,ghcnd,0',
    '10382,2018-01-01,5,ghcnd,1,ghcnd,20,metno_forecast,0',
    '10382,2018-01-02,5,ghcnd,1,ghcnd,30,ghcnd,0\n',
  ].join('\n')
  await assert.rejects(readTexts([text]), /of 2 stations\..*\n {2}10382 {2}2018-01-01 to 2018-01-02/)
  const one = await readTexts([text], { station: '10637' })
  assert.deepEqual([one.days, one.id, one.notes], [['2018-01-01 50'], '10637', []])
  const other = await readTexts([text], { station: '10382', noModel: true })
  assert.deepEqual([other.days, other.skipped], [['2018-01-02 86'], { model: 1 }])
})

test('Meteostat: older bulk data have no header', async () => {
  const text =
    '2018-01-01,5.2,1.1,10.0,0.0,,240,12.1,,1012.0,\n2018-01-02,,,20.0,,,,,,,\n2018-01-03,,,,,,,,,,\n'
  const { days, skipped, unit } = await readTexts([text])
  assert.deepEqual([days, skipped, unit], [['2018-01-01 50', '2018-01-02 68'], { missing: 1 }, 'C'])
  await assert.rejects(
    readTexts([text.replace('5.2,1.1,10.0', '10.0,5.2,1.1')]),
    /^OperatingError: f: line 1, column \d+: mean 10\.0, lowest 5\.2 and highest 1\.1 temperature: expected/,
  )
  // One mean of a hundred may come from a source of its own.
  const first = Date.UTC(2017, 0, 1)
  const rows = Array.from({ length: 100 }, (_, index) => {
    const date = new Date(first + index * 86_400_000).toISOString().slice(0, 10)
    return `${date},${index === 50 ? '10.1' : '5.2'},1.1,10.0,,,,,,,\n`
  })
  assert.equal((await readTexts([rows.join('')])).days.length, 100)
  await assert.rejects(readTexts([rows.slice(1).join('')]), /f: line 50, column \d+: mean 10\.1/)
})

test('Meteostat: files of others with the same names are not taken for its own', async () => {
  // rnoaa's, in tenths of °C: the same names in the order of the alphabet, with the station.
  const rnoaa = 'id,date,prcp,tavg,tmax,tmin\nUSW00014837,2018-01-01,0,52,100,11\n'
  await assert.rejects(readTexts([rnoaa]), /its values do not tell their unit/)
  await assert.rejects(readTexts(['date,tmax,tmin\n2018-01-01,10,1\n']), /do not tell their unit/)
  const more = 'date,tavg,tmin,tmax,quality\n2018-01-01,5,1,10,bad\n'
  await assert.rejects(readTexts([more]), /its column 'quality' may say which values are wrong/)
})

const stops: [what: string, text: string, error: RegExp][] = [
  [
    'a source that nobody knows, when models are to be left out',
    bulk(row('14', '35.0', 'new_provider')),
    /^f: line 2, column \d+: 'new_provider': expected a source known for a model or not/,
  ],
  ['a source that is not said', bulk(row('14', '35.0', '')), /^f: line 2, column \d+: '': expected a source/],
  [
    'an export without its sources',
    'time,tavg,tmin,tmax,prcp\n2018-01-01,5,1,10,0\n',
    /^f: it has no column tmax_source, .*: expected no --no-model/,
  ],
  [
    'another format',
    'date,tmax_c\n2018-01-01,5\n',
    /^f: it is CSV with a header, which does not say .*: expected no --no-model/,
  ],
  ['no day of the calendar', bulk(row('32', '35.0', 'ghcnd')), /^f: line 2, column 1: '2026-08-32'/],
  ['a value that is none', bulk(row('14', 'hot', 'ghcnd')), /^f: line 2, column \d+: 'hot'/],
]

for (const [what, text, error] of stops) {
  test(`Meteostat: it stops and says why: ${what}`, async () => {
    await assert.rejects(readTexts([text], { noModel: true }), { name: 'OperatingError', message: error })
  })
}

test('Meteostat: a source that nobody knows does not matter when models count', async () => {
  const { days, notes } = await readTexts([bulk(row('14', '35.0', 'new_provider'))])
  assert.deepEqual([days, notes], [['2026-08-14 95'], []])
})
