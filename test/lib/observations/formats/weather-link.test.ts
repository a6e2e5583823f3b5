import assert from 'node:assert/strict'
import test from 'node:test'
import { readTexts } from '../../../support/read-observations.ts'

const preamble = [
  '"Garden"',
  '"Vantage Pro2, 1 Sensor"',
  '""',
  '"6/1/24 - 6/3/24"',
  '"Local time, ""standard"""',
].join('\n')
const header =
  '"Date & Time","Barometer - mb","Inside Temp - °C","High Inside Temp - °C","Temp - °C","High Temp - °C","Low Temp - °C"'
const row = (time: string, high: string | number) => `"${time}",1013.2,21.0,"40.0",9.0,${high},8.0\n`
const file = (...rows: string[]) => `${preamble}\n${header}\n${rows.join('')}`

/** A day's records, one each `minutes`: stamped at their end, 10 °C, and 25 °C from 14:00 to 15:00. The last one is of the next date's midnight. */
function records(date: string, next: string, minutes = 60): string[] {
  return Array.from({ length: 1440 / minutes }, (_, index) => {
    const end = (index + 1) * minutes
    const [hour, minute] = [Math.floor(end / 60) % 24, String(end % 60).padStart(2, '0')]
    const time = `${hour % 12 || 12}:${minute} ${hour < 12 ? 'AM' : 'PM'}`
    return row(`${end === 1440 ? next : date} ${time}`, end > 14 * 60 && end - minutes < 15 * 60 ? 25 : 10)
  })
}

test('WeatherLink: the highest of the column High Temp is the day’s value, in the unit that the column names', async () => {
  const celsius = file(...records('6/13/24', '6/14/24'))
  const { days, unit, skipped } = await readTexts([celsius])
  assert.deepEqual([days, unit, skipped], [['2024-06-13 77'], 'C', {}])
  const fahrenheit = await readTexts([celsius.replaceAll('°C', '°F')])
  assert.deepEqual([fahrenheit.days, fahrenheit.unit], [['2024-06-13 25'], 'F'])
  assert.deepEqual((await readTexts([Buffer.from(celsius, 'latin1')])).days, ['2024-06-13 77'])
  assert.deepEqual((await readTexts([celsius.replaceAll('°C', '\uFFFDC')])).days, ['2024-06-13 77'])
  assert.deepEqual((await readTexts([`${header}\n${records('6/13/24', '6/14/24').join('')}`])).days, days)
})

test('WeatherLink: a record of midnight is of the day before', async () => {
  const rows = records('6/13/24', '6/14/24')
  const warm = [...rows.slice(0, -1), row('6/14/24 12:00 AM', 30)]
  const { days, skipped } = await readTexts([file(...warm, ...records('6/14/24', '6/15/24'))])
  assert.deepEqual([days, skipped], [['2024-06-13 86', '2024-06-14 77'], {}])
  // Noon is not midnight, and the first record of a file may be of the day before it.
  const noon = file(
    row('6/13/24 12:00 AM', 40),
    ...rows.map((text) =>
      text.replace('12:00 PM",1013.2,21.0,"40.0",9.0,10', '12:00 PM",1013.2,21.0,"40.0",9.0,35'),
    ),
  )
  const read = await readTexts([noon])
  assert.deepEqual([read.days, read.skipped], [['2024-06-13 95'], { incomplete: 1 }])
  // New Year's midnight is of the old year.
  const turn = [...records('12/31/23', '1/1/24').slice(0, -1), row('1/1/24 12:00 AM', 30)]
  assert.deepEqual((await readTexts([file(...turn)])).days, ['2023-12-31 86'])
})

test('WeatherLink: midnight in the next month’s file completes the last day of the one before', async () => {
  const june = records('6/30/24', '7/1/24').slice(3, -1)
  const july = [row('7/1/24 12:00 AM', 30), ...records('7/1/24', '7/2/24')]
  const options = { dateOrder: 'mdy' } as const
  const { days, skipped } = await readTexts([file(...june), file(...july)], options)
  assert.deepEqual([days, skipped], [['2024-06-30 86', '2024-07-01 77'], {}])
})

for (const minutes of [1, 5, 15, 30, 60, 120]) {
  test(`WeatherLink: a day is complete by records of 20 hours, one each ${minutes} minutes`, async () => {
    const [whole, first] = [records('6/13/24', '6/14/24', minutes), (20 * 60) / minutes]
    const enough = await readTexts([file(...whole.slice(0, first))])
    assert.deepEqual([enough.days, enough.skipped], [['2024-06-13 77'], {}])
    const tooFew = await readTexts([file(...whole.slice(0, first - Math.max(1, 60 / minutes)))])
    assert.deepEqual([tooFew.days, tooFew.skipped], [[], { incomplete: 1 }])
  })
}

test('WeatherLink: a day with a gap of hours is incomplete, whatever the record after the gap says', async () => {
  const rows = records('6/13/24', '6/14/24', 5)
  const gap = [...rows.slice(0, 12 * 6), ...rows.slice(12 * 11)]
  assert.deepEqual((await readTexts([file(...gap)])).skipped, { incomplete: 1 })
})

test('WeatherLink: records without a value cover nothing', async () => {
  const missing = ['--', '---', '', '-']
  const rows = records('6/13/24', '6/14/24').map((text, hour) =>
    hour % 5 === 1 ? text.replace(/,[\d.]+,8\.0\n$/, `,${missing[hour % 4]},8.0\n`) : text,
  )
  assert.deepEqual((await readTexts([file(...rows)])).skipped, { incomplete: 1 })
})

test('WeatherLink: a day of records without a value is missing, though midnight of the day before has one', async () => {
  const silent = records('6/14/24', '6/15/24').map((text) => text.replace(/,[\d.]+,8\.0\n$/, ',--,8.0\n'))
  const whole = [...records('6/13/24', '6/14/24'), ...silent, ...records('6/15/24', '6/16/24')]
  const { days, skipped } = await readTexts([file(...whole)])
  assert.deepEqual([days, skipped], [['2024-06-13 77', '2024-06-15 77'], { missing: 1 }])
})

test('WeatherLink: the days on which clocks change are read', async () => {
  const spring = records('3/31/24', '4/1/24').filter((text) => !text.startsWith('"3/31/24 3:00 AM'))
  const autumn = records('10/27/24', '10/28/24')
  const twice = [...autumn.slice(0, 2), ...autumn.slice(1)]
  const { days, skipped } = await readTexts([file(...spring, ...twice)])
  assert.deepEqual([days, skipped], [['2024-03-31 77', '2024-10-27 77'], {}])
})

test('WeatherLink: the order of the dates is that in which all are days; if two fit, --date-order says it', async () => {
  const days = file(...records('13/6/24', '14/6/24'))
  assert.deepEqual((await readTexts([days])).days, ['2024-06-13 77'])
  const unclear = file(...records('5/6/24', '6/6/24'))
  await assert.rejects(
    readTexts([unclear]),
    /^OperatingError: f: line 7: '5\/6\/24' may be written day first or month/,
  )
  assert.deepEqual((await readTexts([unclear], { dateOrder: 'dmy' })).days, ['2024-06-05 77'])
  // In this order the last record is of another month: 23 hours of May are left, and one of June.
  assert.deepEqual((await readTexts([unclear], { dateOrder: 'mdy' })).days, ['2024-05-06 77'])
  const both = file(...records('13/6/24', '14/6/24'), ...records('6/15/24', '6/16/24'))
  await assert.rejects(
    readTexts([both]),
    /^OperatingError: f: line \d+, column 1: '\d+\/\d+\/24': expected a day/,
  )
  assert.deepEqual((await readTexts([file(...records('2024-06-13', '2024-06-14'))])).days, ['2024-06-13 77'])
})

const stops: [what: string, text: string, error: RegExp][] = [
  [
    'no column High Temp',
    file(row('6/13/24 1:00 AM', 1)).replace('"High Temp', '"Rain'),
    /^f: line 6: the header of a WeatherLink CSV without a column High Temp: .*Export all columns/,
  ],
  [
    'a unit that is none',
    file(row('6/13/24 1:00 AM', 1)).replaceAll('°C', 'K'),
    /^f: its values do not tell their unit/,
  ],
  ['a time that is none', file(row('6/13/24 13:00 PM', 1)), /^f: line 7, column 1: '6\/13\/24 13:00 PM'/],
  ['a value that is none', file(row('6/13/24 1:00 PM', 'high')), /^f: line 7, column \d+: 'high'/],
  [
    'a row cut short',
    file(row('6/13/24 1:00 PM', 1)).slice(0, -8),
    /^f: line 7, column \d+: 5 columns: expected 7/,
  ],
]

for (const [what, text, error] of stops) {
  test(`WeatherLink: it stops and says why: ${what}`, async () => {
    await assert.rejects(readTexts([text]), { name: 'OperatingError', message: error })
  })
}
