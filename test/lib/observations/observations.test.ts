import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test from 'node:test'
import { readInputs, readObservations } from '../../../files/lib/observations/observations.ts'
import { temporaryFolder } from '../../support/program.ts'

/** Parses a text named `f`. */
function parseObservations(csv: string, unit?: 'F' | 'C') {
  const chunks = Readable.from(csv === '' ? [] : [Buffer.from(csv)])
  return readInputs([() => ({ source: 'f', chunks })], unit ? { unit } : {})
}

const madison = join(import.meta.dirname, '../../data/madison-tmax-1869-2023.csv')

test('readObservations reads 154 years of Madison', async (t) => {
  const { days, skipped } = await readObservations([madison], {}, t.signal)
  assert.equal(days.length, 56_602)
  assert.equal(skipped.get('missing'), 10)
  assert.deepEqual(days[0], { date: '1869-01-01', degrees: 25 })
  assert.deepEqual(days.at(-1), { date: '2023-12-31', degrees: 31 })
})

test('parseObservations turns °C into °F when the header says tmax_c', async () => {
  const { days } = await parseObservations('date,tmax_c\n2024-01-01,-40\n2024-01-02,37.5\n')
  assert.deepEqual(days, [
    { date: '2024-01-01', degrees: -40 },
    { date: '2024-01-02', degrees: 99.5 },
  ])
})

test('parseObservations takes any order of columns, other columns, quotes, CRLF and a byte order mark', async () => {
  const csv =
    '\uFEFF"Station",TMAX_F,"note ""x""",date\r\n"Madison, WI",31,"two\r\nlines",2024-01-01\r\n,32.5,,2024-01-02'
  assert.deepEqual((await parseObservations(csv)).days, [
    { date: '2024-01-01', degrees: 31 },
    { date: '2024-01-02', degrees: 32.5 },
  ])
})

test('parseObservations counts rows without a value and passes over blank lines', async () => {
  const { days, skipped } = await parseObservations(
    'date,tmax_f\n2024-01-01,\n\n2024-01-02,0\n2024-01-03, \n',
  )
  assert.deepEqual(days, [{ date: '2024-01-02', degrees: 0 }])
  assert.equal(skipped.get('missing'), 2)
})

test('parseObservations takes a file with a header and no rows', async () => {
  const { days, skipped } = await parseObservations('date,tmax_f\n')
  assert.deepEqual([days, skipped.size], [[], 0])
})

const bad: [what: string, csv: string, error: RegExp][] = [
  [
    'a day that no calendar has',
    'date,tmax_f\n2023-02-29,1\n',
    /^f: line 2, column 1: '2023-02-29': expected a day/,
  ],
  [
    'another form of date',
    'date,tmax_f\n2023-02-01,1\n1/2/2023,1\n',
    /line 3, column 1: '1\/2\/2023': expected a day/,
  ],
  [
    'a word for a number',
    'date,tmax_f\n2023-02-01,warm\n',
    /line 2, column 12: 'warm': expected a number of degrees/,
  ],
  [
    'a number beyond all numbers',
    'date,tmax_f\n2023-02-01,1e999\n',
    /line 2, column 12: '1e999': expected a number/,
  ],
  ['Infinity', 'date,tmax_f\n2023-02-01,Infinity\n', /'Infinity': expected a number/],
  ['a hexadecimal number', 'date,tmax_f\n2023-02-01,0x10\n', /'0x10': expected a number/],
  ['a row too short', 'date,tmax_f\n2023-02-01\n', /line 2, column 1: 1 columns: expected 2/],
  ['a row too long', 'date,tmax_f\n2023-02-01,1,2\n', /line 2, column 14: 3 columns: expected 2/],
  [
    'the same date twice',
    'date,tmax_f\n2023-02-01,1\n2023-02-01,2\n',
    /line 3, column 1: 2023-02-01 is in line 2 already: expected one row a day/,
  ],
  [
    'a date going back',
    'date,tmax_f\n2023-02-01,\n2023-02-03,\n2023-02-02,2\n',
    /line 4, column 1: 2023-02-02 comes after 2023-02-03/,
  ],
  ['a quote in mid field', 'date,tmax_f\n2023-02-01,4"\n', /line 2, column 1: a quotation mark/],
  ['a quote never closed', 'date,tmax_f\n2023-02-01,"4\n', /line 2, column 1: a quotation mark/],
  [
    'a line after a field of two lines',
    'date,tmax_f,x\n2023-02-01,4,"a\nb"\n?,1,2\n',
    /line 4, column 1: '\?'/,
  ],
  ['an empty file', '', /^f: it is empty/],
  ['no header', '2023-02-01,1\n', /line 1 is '2023-02-01,1': expected a header/],
  [
    'both units',
    'date,tmax_f,tmax_c\n',
    /f: its columns 'tmax_f' and 'tmax_c' may each be the day's highest temperature\. Name the right one by --column\./,
  ],
  ['no unit', 'date,tmax\n2023-02-01,20\n', /its values do not tell their unit/],
]

for (const [what, csv, error] of bad) {
  test(`parseObservations names file, line and reason for ${what}`, async () => {
    await assert.rejects(parseObservations(csv), { name: 'OperatingError', message: error })
  })
}

test('readObservations names a file that is missing, a folder and an empty file', async (t) => {
  const folder = await temporaryFolder(t)
  const empty = join(folder, 'empty.csv')
  await writeFile(empty, '')
  const missing = join(folder, 'missing.csv')
  for (const path of [missing, folder, empty]) {
    await assert.rejects(readObservations([path], {}, t.signal), (error: Error) => {
      return error.name === 'OperatingError' && error.message.startsWith(`${path}: `)
    })
  }
})
