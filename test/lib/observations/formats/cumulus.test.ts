import assert from 'node:assert/strict'
import test from 'node:test'
import { readTexts } from '../../../support/read-observations.ts'

/** A line as CumulusMX writes it: the first 16 of its fields. */
const line = (date: string, highest: string, lowest = '-1.3') =>
  `${date},11.0,270,22:56,${lowest},06:34,${highest},14:07,1001.8,00:03,1012.3,23:55,2.4,04:10,3.6,4.2\n`
const [first, second] = [line('14/02/20', '10.0'), line('15/02/20', '20.0')]
const days = ['2020-02-14 50', '2020-02-15 68']

test('Cumulus: a dayfile.txt is read day first, in the unit that --units says', async () => {
  const { days: celsius, unit, skipped } = await readTexts([first + second], { unit: 'C' })
  assert.deepEqual([celsius, unit, skipped], [days, 'C', {}])
  const fahrenheit = await readTexts([first + second], { unit: 'F' })
  assert.deepEqual(fahrenheit.days, ['2020-02-14 10', '2020-02-15 20'])
})

test('Cumulus: without --units it stops and asks for it', async () => {
  await assert.rejects(
    readTexts([first + second]),
    /^OperatingError: f: its values do not tell their unit: .* Say it by --units F, --units C/,
  )
})

test('Cumulus: the separators of every language are read', async () => {
  const text = first + second
  const dots = text.replaceAll(/^(\d\d)\/(\d\d)\//gm, '$1.$2.')
  for (const written of [
    text.replaceAll('/', '-'),
    dots,
    text.replaceAll(',', ';').replaceAll(/(\d)\.(\d)/g, '$1,$2'),
    dots.replaceAll(',', ';').replaceAll(/(;-?\d+)\.(\d)/g, '$1,$2'),
    text.replaceAll(',', '\t'),
    text.replaceAll('\n', '\r\n'),
    text.replaceAll('/20,', '/2020,'),
    `\uFEFF${text}`,
    `${text.slice(0, -1)},0.0,3.1,12:00,40,13:00,99,05:00\n`,
  ])
    assert.deepEqual((await readTexts([written], { unit: 'C' })).days, days, written)
})

test('Cumulus: a line of few fields is read, and years of two digits are 1971 to 2070', async () => {
  const short = '02/02/20,28.1,12:05,180,12.6,06:34,18.2,14:07,1007\n'
  assert.deepEqual((await readTexts([short], { unit: 'F' })).days, ['2020-02-02 18.2'])
  const [celsius] = (await readTexts([short], { unit: 'C' })).days
  assert.equal(Number(celsius?.slice(11)).toFixed(6), '64.760000')
  const old = line('31/12/99', '0.0') + line('01/01/00', '5.0') + line('13/01/71', '10.0')
  assert.deepEqual((await readTexts([old], { unit: 'C' })).days, [
    '1971-01-13 50',
    '1999-12-31 32',
    '2000-01-01 41',
  ])
})

test('Cumulus: what it writes when it had no reading is missing', async () => {
  const text = ['-9999.0', '-999.0', '-999', ''].map((highest, index) =>
    line(`${14 + index}/02/20`, highest, '9999.0'),
  )
  const { days, skipped } = await readTexts([`${text.join('')}${line('18/02/20', '10.0')}`], { unit: 'C' })
  assert.deepEqual([days, skipped], [['2020-02-18 50'], { missing: 4 }])
})

test('Cumulus: a few days whose order nothing tells stop it; --date-order says it', async () => {
  const text = line('01/02/20', '10.0') + line('02/02/20', '20.0')
  await assert.rejects(
    readTexts([text], { unit: 'C' }),
    /^OperatingError: f: line 1: '01\/02\/20' may be .*\. Cumulus itself writes the day first\. Say it by --date-order dmy or --date-order mdy\./,
  )
  const read = async (dateOrder: 'dmy' | 'mdy' | 'ymd') =>
    (await readTexts([text], { unit: 'C', dateOrder })).days
  assert.deepEqual(await read('dmy'), ['2020-02-01 50', '2020-02-02 68'])
  assert.deepEqual(await read('mdy'), ['2020-01-02 50', '2020-02-02 68'])
  assert.deepEqual(await read('ymd'), ['2001-02-20 50', '2002-02-20 68'])
  // A later day tells the order of all.
  const told = await readTexts([text + line('13/02/20', '30.0')], { unit: 'C' })
  assert.deepEqual(told.days, ['2020-02-01 50', '2020-02-02 68', '2020-02-13 86'])
})

test('Cumulus: a file that a spreadsheet has turned round is read by what its dates show', async () => {
  const american = line('02/01/20', '10.0') + line('02/13/20', '20.0')
  assert.deepEqual((await readTexts([american], { unit: 'C' })).days, ['2020-02-01 50', '2020-02-13 68'])
  const iso = line('2020-02-01', '10.0') + line('2020-02-02', '20.0')
  await assert.rejects(readTexts([iso], { unit: 'C' }), /f: line 1 is '2020-02-01,/)
})

const stops: [what: string, text: string, error: RegExp][] = [
  [
    'dates in two orders',
    line('13/02/20', '10.0') + line('02/14/20', '20.0'),
    /^f: line 2, column 1: '02\/14\/20': expected a day of the calendar, in the order of the dates before/,
  ],
  ['no day of the calendar', line('30/02/20', '10.0'), /^f: line 1, column 1: '30\/02\/20'/],
  ['a header of one’s own', `Date,Gust\n${first}`, /^f: line 1 is 'Date,Gust'/],
  ['a value that is none', line('14/02/20', '1O.0'), /^f: line 1, column \d+: '1O\.0': expected a number/],
  [
    'a line cut short',
    `${first}${second.slice(0, 20)}`,
    /^f: line 2, column \d+: 4 fields: expected at least 8/,
  ],
  ['a field too many in front', `${first}x,${second}`, /^f: line 2, column \d+: '-1\.3': expected a time/],
  [
    'the highest temperature below the lowest',
    line('14/02/20', '-5.0', '12.0'),
    /^f: line 1, column \d+: the highest temperature -5\.0 is below the lowest 12\.0/,
  ],
  [
    'the monthly log in place of dayfile.txt',
    '14/02/20,00:10,5.2,91,3.9,1.3,2.7,270,0.0,0.0,1007.1\n',
    /^f: line 1 is '14\/02\/20,00:10/,
  ],
]

for (const [what, text, error] of stops) {
  test(`Cumulus: it stops and says why: ${what}`, async () => {
    await assert.rejects(readTexts([text], { unit: 'C' }), { name: 'OperatingError', message: error })
  })
}
