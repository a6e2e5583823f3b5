import assert from 'node:assert/strict'
import test from 'node:test'
import { readTexts } from '../../../support/read-observations.ts'

const header =
  'STATIONS_ID;MESS_DATUM;QN_3;  FX;  FM;QN_4; RSK;RSKF; SDK;SHK_TAG;  NM; VPM;  PM; TMK; UPM; TXK; TNK; TGK;eor'
const row = (date: string, txk: string, level = '10', id = '44') =>
  `${id.padStart(11)};${date};${'-999;'.padStart(9)}-999;-999;${level.padStart(5)};   3.6;   1;-999;-999;   7.3;  11.2;-999;  14.6;  67.00;${txk.padStart(6)};  11.9;-999;eor\n`
const file = (...rows: string[]) => `${header}\n${rows.join('')}`

test('DWD: TXK is the day’s value in °C, and the station’s number is its id', async () => {
  const text = file(row('19570901', '20.0'), row('19570902', '-10.0', '5'), row('19570903', ' 0.0', '1'))
  for (const written of [text, text.replaceAll('\n', '\r\n'), text.replaceAll(/ +/g, '')]) {
    const { days, skipped, id, unit, dataset } = await readTexts([written])
    assert.deepEqual(days, ['1957-09-01 68', '1957-09-02 14', '1957-09-03 32'])
    assert.deepEqual([skipped, id, unit, dataset], [{}, '00044', 'C', 'DWD Climate Data Center'])
  }
})

test('DWD: -999 is missing, with any level of quality', async () => {
  const rows = ['-999', '-999.0'].map((txk, index) => row(`1957090${index + 1}`, txk, '-999'))
  const { days, skipped } = await readTexts([file(...rows, row('19570903', '20.0'))])
  assert.deepEqual([days, skipped], [['1957-09-03 68'], { missing: 2 }])
})

test('DWD: historical and recent data of a station may overlap, also while a value is being mended', async () => {
  const historical = file(row('20231230', '10.0'), row('20231231', '5.0'))
  const recent = file(row('20231231', '5.0', '3'), row('20240101', '20.0', '1'))
  const { days, skipped } = await readTexts([historical, recent])
  assert.deepEqual([days, skipped], [['2023-12-30 50', '2023-12-31 41', '2024-01-01 68'], { repeated: 1 }])
  const mended = await readTexts([historical, recent.replace(';   5.0;', ';   6.0;')])
  assert.deepEqual([mended.days.length, mended.skipped], [2, { contradicted: 2 }])
})

test('DWD: files of several stations are listed, and --station names one', async () => {
  const files = [file(row('19570901', '20.0')), file(row('19570901', '10.0', '10', '1048'))]
  await assert.rejects(readTexts(files), /2 stations.*\n {2}00044 {2}1957-09-01 to 1957-09-01.*\n {2}01048/)
  assert.deepEqual((await readTexts(files, { station: '01048' })).days, ['1957-09-01 50'])
})

const stops: [what: string, text: string, error: RegExp][] = [
  [
    'a level of quality that is none',
    file(row('19570901', '20.0', '4')),
    /^f: line 2, column \d+: '4': expected a level of quality/,
  ],
  [
    'no level for a value',
    file(row('19570901', '20.0', '-999')),
    /^f: line 2, column \d+: '-999': expected a level/,
  ],
  ['no day of the calendar', file(row('19570931', '20.0')), /^f: line 2, column \d+: '19570931'/],
  ['a value that is none', file(row('19570901', 'x')), /^f: line 2, column \d+: 'x': expected a number/],
  [
    'a station that is none',
    file(row('19570901', '20.0', '10', 'A44')),
    /^f: line 2, column 1: 'A44': expected a station/,
  ],
  [
    'a row cut short',
    file(row('19570901', '20.0').slice(0, -6)),
    /^f: line 2, column \d+: 18 columns: expected 19/,
  ],
  [
    'another table of the same service',
    'STATIONS_ID;MESS_DATUM;QN_6;RS;eor\n44;19570901;10;1.2;eor\n',
    /^f: line 1 is/,
  ],
]

for (const [what, text, error] of stops) {
  test(`DWD: it stops and says why: ${what}`, async () => {
    await assert.rejects(readTexts([text]), { name: 'OperatingError', message: error })
  })
}

test('DWD: a unit that is said otherwise stops it', async () => {
  await assert.rejects(readTexts([file(row('19570901', '20.0'))], { unit: 'tenths' }), /its format says °C/)
})
