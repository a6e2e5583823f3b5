import assert from 'node:assert/strict'
import test from 'node:test'
import { readTexts } from '../../../support/read-observations.ts'

const header =
  'Time,Indoor Temperature(℃),Indoor Humidity(%),Outdoor Temperature(℃),Outdoor Humidity(%),Dew Point(℃),Feels Like(℃)'
const row = (time: string, outdoor: string | number) => `${time},22.8,55,${outdoor},54,13.4,23.2\n`
const file = (...rows: string[]) => `${header}\n${rows.join('')}`
const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`

/** A reading of 10 °C an hour, and of 25 °C at 15:00. */
function hourly(date: string, hours: number[] = Array.from({ length: 24 }, (_, hour) => hour)): string[] {
  return hours.map((hour) => row(`${date} ${clock(hour)}`, hour === 15 ? 25 : 10))
}

const upTo = (hour: number) => Array.from({ length: hour }, (_, number) => number)

test('Ecowitt: the highest reading of a day is its value, in the unit that the bracket names', async () => {
  const celsius = file(...hourly('2024-06-01'))
  const { days, unit, skipped, dataset } = await readTexts([celsius])
  assert.deepEqual([days, unit, skipped, dataset], [['2024-06-01 77'], 'C', {}, undefined])
  for (const sign of ['°C', 'C', '°c'])
    assert.deepEqual((await readTexts([celsius.replaceAll('℃', sign)])).days, ['2024-06-01 77'])
  for (const sign of ['℉', '°F', 'F']) {
    const read = await readTexts([celsius.replaceAll('℃', sign)])
    assert.deepEqual([read.days, read.unit], [['2024-06-01 25'], 'F'])
  }
})

test('Ecowitt: Latin-1, semicolons with decimal commas, slashes, seconds and other columns are read', async () => {
  const days = ['2024-06-01 77']
  const text = file(...hourly('2024-06-01'))
  assert.deepEqual((await readTexts([Buffer.from(text.replaceAll('℃', '°C'), 'latin1')])).days, days)
  const semicolons = text.replaceAll(',', ';').replaceAll('.', ',').replaceAll(';25;', ';25,0;')
  assert.deepEqual((await readTexts([semicolons])).days, days)
  assert.deepEqual((await readTexts([text.replaceAll('2024-06-01 ', '2024/6/1 ')])).days, days)
  assert.deepEqual((await readTexts([text.replaceAll(':00,', ':00:00,')])).days, days)
  const timestamps = text.replace('Time,', 'Time,Timestamp,').replaceAll(/(:00),/g, '$1,1717192800,')
  assert.deepEqual((await readTexts([timestamps])).days, days)
  assert.deepEqual((await readTexts([text.replace('Outdoor Temp', 'OUTDOOR TEMP')])).days, days)
})

test('Ecowitt: a day counts with readings of 20 hours, and is listed as incomplete with 19', async () => {
  const { days, skipped } = await readTexts([
    file(...hourly('2024-06-01', upTo(20)), ...hourly('2024-06-02', upTo(19))),
  ])
  assert.deepEqual([days, skipped], [['2024-06-01 77'], { incomplete: 1 }])
  // Twelve readings in one hour are still of one hour.
  const often = Array.from({ length: 60 }, (_, minute) =>
    row(`2024-06-01 12:${String(minute).padStart(2, '0')}`, 30),
  )
  assert.deepEqual((await readTexts([file(...often)])).skipped, { incomplete: 1 })
})

test('Ecowitt: readings of one day in two files are put together, each in its own unit', async () => {
  const morning = file(...hourly('2024-06-01', upTo(12)))
  const afternoon = file(
    ...upTo(12).map((hour) => row(`2024-06-01 ${clock(12 + hour)}`, hour === 3 ? 86 : 50)),
  ).replaceAll('℃', '℉')
  assert.deepEqual((await readTexts([morning, afternoon])).days, ['2024-06-01 86'])
  assert.deepEqual((await readTexts([afternoon, morning])).days, ['2024-06-01 86'])
  // Read up to the evening, and again the next day.
  const evening = file(...hourly('2024-06-01', upTo(21)))
  const whole = file(...hourly('2024-06-01', upTo(23)), row('2024-06-01 23:00', 30))
  const { days, skipped } = await readTexts([evening, whole])
  assert.deepEqual([days, skipped], [['2024-06-01 86'], {}])
})

test('Ecowitt: a reading without a value covers no hour, and a day without any is missing', async () => {
  const missing = ['', '--', '-', '--.-', 'null', ' ']
  const some = upTo(24).map((hour) =>
    row(`2024-06-01 ${clock(hour)}`, hour < 6 ? missing[hour]! : hour === 15 ? 25 : 10),
  )
  assert.deepEqual((await readTexts([file(...some)])).skipped, { incomplete: 1 })
  const none = upTo(24).map((hour) => row(`2024-06-02 ${clock(hour)}`, '--'))
  const { days, skipped } = await readTexts([file(...hourly('2024-06-01'), ...none)])
  assert.deepEqual([days, skipped], [['2024-06-01 77'], { missing: 1 }])
})

test('Ecowitt: a reading of 00:00 is of the day that begins, and the same time may come twice', async () => {
  const midnight = row('2024-06-02 00:00', 30)
  const { days } = await readTexts([file(...hourly('2024-06-01'), midnight, ...hourly('2024-06-02'))])
  assert.deepEqual(days, ['2024-06-01 77', '2024-06-02 86'])
})

test('Ecowitt: the days on which clocks change are days as the station’s clock has them', async () => {
  const spring = upTo(24).filter((hour) => hour !== 2)
  const autumn = [0, 1, 2, 2, ...upTo(24).slice(3)]
  const { days, skipped } = await readTexts([
    file(...hourly('2024-03-31', spring), ...hourly('2024-10-27', autumn)),
  ])
  assert.deepEqual([days, skipped], [['2024-03-31 77', '2024-10-27 77'], {}])
})

test('Ecowitt: newest first, and files put together with their headers, are read', async () => {
  const [first, second] = [hourly('2024-06-01'), hourly('2024-06-02')]
  const days = ['2024-06-01 77', '2024-06-02 77']
  assert.deepEqual((await readTexts([file(...second.toReversed(), ...first.toReversed())])).days, days)
  assert.deepEqual((await readTexts([file(...first) + file(...second)])).days, days)
})

test('Ecowitt: dates that the file does not tell the order of stop it, unless --date-order says it', async () => {
  const text = file(...hourly('6/1/2024'))
  await assert.rejects(
    readTexts([text]),
    /^OperatingError: f: line 2: '6\/1\/2024' may be .* --date-order dmy or --date-order mdy\./,
  )
  assert.deepEqual((await readTexts([text], { dateOrder: 'mdy' })).days, ['2024-06-01 77'])
  assert.deepEqual((await readTexts([text], { dateOrder: 'dmy' })).days, ['2024-01-06 77'])
  const told = file(...hourly('6/1/2024'), ...hourly('6/13/2024'))
  assert.deepEqual((await readTexts([told])).days, ['2024-06-01 77', '2024-06-13 77'])
})

test('Ecowitt: one reading at midnight, with semicolons and a decimal comma, is no day', async () => {
  const { days, skipped, unit } = await readTexts(['Time;Outdoor Temperature(C)\n2020-01-01 00:00;6,1\n'])
  assert.deepEqual([days, skipped, unit], [[], { incomplete: 1 }, 'C'])
  const rest = upTo(23).map((hour) => `2020-01-01 ${clock(hour + 1)};${hour}\n`)
  const whole = `Time;Outdoor Temperature(C)\n2020-01-01 00:00;6,1\n${rest.join('')}`
  assert.deepEqual((await readTexts([whole])).days, ['2020-01-01 71.6'])
})

const stops: [what: string, text: string, error: RegExp][] = [
  [
    'no unit in the header',
    file(...hourly('2024-06-01')).replaceAll('(℃)', ''),
    /^f: its values do not tell their unit: .*Say it by --units/,
  ],
  [
    'a sign that is no unit',
    file(...hourly('2024-06-01')).replaceAll('℃', 'K'),
    /^f: its values do not tell their unit/,
  ],
  ['a time that is none', file(row('2024-06-01 24:00', 1)), /^f: line 2, column 1: '2024-06-01 24:00'/],
  [
    'a date without a time',
    file(row('2024-06-01', 1)),
    /^f: line 2, column 1: '2024-06-01': expected a local/,
  ],
  ['no day of the calendar', file(row('2024-02-30 12:00', 1)), /^f: line 2, column 1: '2024-02-30'/],
  ['a value that is none', file(row('2024-06-01 12:00', '1o')), /^f: line 2, column 26: '1o'/],
  ['a column too few', file('2024-06-01 12:00,1,2\n'), /^f: line 2, column \d+: 3 columns: expected 7/],
  [
    'two columns of outdoor temperature',
    file(row('2024-06-01 12:00', 1)).replace('Dew Point', 'Outdoor Temperature'),
    /^f: line 1 is 'Time,Indoor/,
  ],
]

for (const [what, text, error] of stops) {
  test(`Ecowitt: it stops and says why: ${what}`, async () => {
    await assert.rejects(readTexts([text]), { name: 'OperatingError', message: error })
  })
}

test('Ecowitt: --units names the unit where the header does not, and may not contradict it', async () => {
  const text = file(...hourly('2024-06-01'))
  assert.deepEqual((await readTexts([text.replaceAll('(℃)', '')], { unit: 'C' })).days, ['2024-06-01 77'])
  await assert.rejects(readTexts([text], { unit: 'F' }), /says °C: expected no --units F/)
})
