import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import test from 'node:test'
import { gzipSync } from 'node:zlib'
import { type ObservationOptions, readInputs } from '../../../files/lib/observations/observations.ts'

/** Reads texts, or bytes, as if they were files named f, g and h. */
function read(files: (string | Buffer)[], options: ObservationOptions = {}) {
  return readInputs(
    files.map((file, index) => () => ({ source: 'fgh'[index]!, chunks: Readable.from([Buffer.from(file)]) })),
    options,
  )
}

async function datesOf(files: (string | Buffer)[], options?: ObservationOptions) {
  const { days, skipped } = await read(files, options)
  return [days.map(({ date }) => date), Object.fromEntries(skipped)]
}

const dlyLine = (month: string, groups: string[], element = 'TMAX') =>
  `USW00000001${month}${element}${groups.concat(Array(31).fill('-9999   ')).slice(0, 31).join('')}\n`
const csvLine = (date: string, tenths: number, flags = ',,W') =>
  `USW00000001,${date},TMAX,${tenths},${flags},2400\n`
const summaries = (
  rows: string[],
  names = 'STATION,DATE,LATITUDE,LONGITUDE,ELEVATION,NAME,TMAX,TMAX_ATTRIBUTES',
) => `${names}\n${rows.map((row) => `${row}\n`).join('')}`
const summary = (date: string, tmax: string, attributes = '",,W"') =>
  `USW00000001,${date},40.8,-74.0,42.7,"NY CITY CENTRAL PARK, NY US",${tmax},${attributes}`

test('what is missing, flagged, padding, impossible or given again is left out and counted', async () => {
  const groups = Array(27).fill('-9999   ')
  const february = [
    '  100  W',
    '  110 IW',
    '  120HXW',
    ' 9000  W',
    ...groups.slice(4),
    '  130  W',
    '  140  W',
    '  150  W',
  ]
  assert.deepEqual(await datesOf([dlyLine('202302', february)]), [
    ['2023-02-01', '2023-02-28'],
    { flagged: 2, impossible: 3, missing: 23, padding: 1 },
  ])
  const again = csvLine('20230101', 100) + csvLine('20230102', 100) + csvLine('20230101', 100)
  assert.deepEqual(await datesOf([again]), [['2023-01-01', '2023-01-02'], { repeated: 1 }])
})

test('a day given with two values does not count, whichever comes first, in one file or in several', async () => {
  const [one, other, next] = [csvLine('20230101', 100), csvLine('20230101', 110), csvLine('20230102', 1)]
  const expected = [['2023-01-02'], { contradicted: 3 }]
  assert.deepEqual(await datesOf([one + other + next + one]), expected)
  assert.deepEqual(await datesOf([other + next, one, one]), expected)
  const { list } = await read([one, other], { listSkipped: true })
  assert.deepEqual(list, [
    { reason: 'contradicted', date: '2023-01-01', source: 'f', line: 1, column: 27 },
    { reason: 'contradicted', date: '2023-01-01', source: 'g', line: 1, column: 27 },
  ])
})

const misfits: [what: string, text: string | Buffer, error: RegExp][] = [
  ['a .dly line cut short', dlyLine('202301', []).slice(0, 268), /^f: line 1, column 269: .*268 characters/],
  ['a .dly value', dlyLine('202301', ['  100  W', '  1x0  W']), /^f: line 1, column 30: ' {2}1x0 {2}W'/],
  [
    'a .dly month',
    dlyLine('202301', []) + dlyLine('202313', []),
    /^f: line 2, column 1: 'USW00000001202313TMAX'/,
  ],
  ['a by-year date', csvLine('20230101', 1) + csvLine('2023010x', 1), /^f: line 2, column 13: '2023010x'/],
  ['a by-year value', csvLine('20230101', 1.5), /^f: line 1, column 27: '1.5': expected a whole number/],
  [
    'a by-year line cut short',
    csvLine('20230101', 1).slice(0, 28),
    /^f: line 1, column 29: 5 fields: expected 8/,
  ],
  [
    'attributes',
    summaries([summary('2023-01-01', '150', 'W')]),
    /^f: line 2, column \d+: 'W': expected attributes/,
  ],
  [
    'a summary cut short',
    summaries([summary('2023-01-01', '150')]).slice(0, -5),
    /^f: line 2, column \d+: a quotation mark/,
  ],
  ['binary data', Buffer.from([0, 1, 2, 255, 10, 7]), /^f: it is binary/],
  ['another form in mid file', dlyLine('202301', []) + csvLine('20230101', 1), /^f: line 2, column \d+: /],
  [
    'gzip cut short',
    gzipSync(csvLine('20230101', 1)).subarray(0, 40),
    /^f: .*cannot read .*unexpected end of file/,
  ],
  [
    'gzip with text after it',
    Buffer.concat([gzipSync(csvLine('20230101', 1)), Buffer.from('more')]),
    /^f: cannot read the observations \(incorrect header/,
  ],
  ['a text without line ends', Buffer.alloc(1 << 21, 'a'), /^f: line 1 is 'a{40}…': expected a header/],
  [
    'rows without line ends',
    Buffer.concat([Buffer.from('date,tmax_c\n'), Buffer.alloc(1 << 21, 'a')]),
    /^f: line 2 has more than 1048576 bytes/,
  ],
]

for (const [what, text, error] of misfits) {
  test(`what does not fit stops it with file and line: ${what}`, async () => {
    await assert.rejects(read([text]), { name: 'OperatingError', message: error })
  })
}

test('daily summaries are tenths when their values can be nothing else; otherwise the unit is asked for', async () => {
  const days = (...values: string[]) => [
    summaries(values.map((value, index) => summary(`2023-01-0${index + 1}`, value))),
  ]
  const degreesOf = async (files: string[], unit?: 'F' | 'C' | 'tenths') =>
    (await read(files, unit ? { unit } : {})).days.map(({ degrees }) => degrees)
  assert.deepEqual(await degreesOf(days('200', '-100', '""')), [68, 14])
  for (const values of [['58', '60'], ['14.4', '20'], ['5']])
    await assert.rejects(
      degreesOf(days(...values)),
      /f: its values do not tell their unit: as .*Say it by --units/,
    )
  await assert.rejects(
    degreesOf(days('200', '12.5')),
    /f: read in °F, which they fit best, 1 of 2 values are impossible \(the first one is in line 2\)/,
  )
  assert.deepEqual(await degreesOf(days('58', '60'), 'F'), [58, 60])
  assert.deepEqual(await degreesOf(days('10', '20.5'), 'C'), [50, 68.9])
  assert.deepEqual(await degreesOf(days('10'), 'tenths'), [33.8])
})

test('a column tmax without a unit is asked about, and a unit that a format has is not overruled', async () => {
  const text = 'date,tmax\n2023-01-01,50\n'
  await assert.rejects(
    read([text]),
    /f: its values do not tell their unit: .*Say it by --units F, --units C or --units tenths\./,
  )
  assert.equal((await read([text], { unit: 'C' })).days[0]?.degrees, 122)
  await assert.rejects(
    read([csvLine('20230101', 1)], { unit: 'F' }),
    /its format says tenths of °C: expected no --units F/,
  )
  await assert.rejects(
    read(['date,tmax_c\n'], { unit: 'F' }),
    /its column tmax_c says °C: expected no --units F/,
  )
})

test('--from and --to take a part of the days', async () => {
  const text = ['20221231', '20230101', '20230102', '20230103'].map((date) => csvLine(date, 1)).join('')
  assert.deepEqual(await datesOf([text], { from: '2023-01-01', to: '2023-01-02' }), [
    ['2023-01-01', '2023-01-02'],
    { outside: 2 },
  ])
})

test('of twelve thousand stations forty are listed', async () => {
  const lines = Array.from(
    { length: 12_000 },
    (_, n) => `US${String(n).padStart(9, '0')},20230101,TMAX,1,,,W,\n`,
  )
  await assert.rejects(read([lines.join('')]), (error: Error) => {
    assert.match(error.message, /12,000 stations.*--station/)
    assert.match(error.message, /\n {2}US000000000 {2}2023-01-01 to 2023-01-01 \(f: line 1\)\n/)
    assert.match(error.message, /\n {2}and 11,960 more$/)
    return true
  })
  const { days } = await read([lines.join('')], { station: 'US000007777' })
  assert.equal(days.length, 1)
  await assert.rejects(
    read([lines.join('')], { station: 'US000012000' }),
    /no highest temperature of US000012000/,
  )
})
