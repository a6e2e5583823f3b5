import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { type ObservationOptions, readObservations } from '../files/lib/observations/observations.ts'

/**
 * What each file of `test/data/cases` holds, worked out by hand from its README: days with °F rounded to hundredths and values
 * left out by reason, or what the error must say.
 */
type Expected = { days: string; skipped?: object } | RegExp

const folder = join(import.meta.dirname, 'data/cases')

const named = (what: string, advice: string) => new RegExp(`: it is ${what}.*\\. .*${advice}`)

const cases: [file: string, options: ObservationOptions, expected: Expected][] = [
  [
    'a01-ncei-access.csv',
    {},
    { days: '1892-01-01 56.12, 1892-01-02 69.08', skipped: { flagged: 1, missing: 1 } },
  ],
  ['a02-aws-by-year-header.csv', {}, { days: '2024-07-15 96.08, 2024-07-16 91.94' }],
  ['a03-iso-datetime.csv', {}, { days: '2020-01-01 33.08, 2020-01-02 66.02' }],
  ['a79-iso-z.csv', {}, { days: '2020-01-01 42.98' }],
  ['a80-pandas-datetime.csv', {}, { days: '2020-01-01 42.98' }],
  [
    'a04-r-write-csv-NA.csv',
    {},
    /as tenths of °C they lie between 0\.6 and 18\.3 °C\. Say it by --units tenths\./,
  ],
  [
    'a04-r-write-csv-NA.csv',
    { unit: 'tenths' },
    { days: '2020-01-01 33.08, 2020-01-03 64.94', skipped: { missing: 1 } },
  ],
  ['a05-pandas-nan.csv', {}, { days: '2020-01-01 42.98', skipped: { missing: 2 } }],
  ['a68-acis-M.csv', {}, { days: '2020-01-01 41', skipped: { missing: 1 } }],
  ['a69-dash.csv', {}, { days: '2020-01-01 41', skipped: { missing: 1 } }],
  ['a70-null.csv', {}, { days: '2020-01-01 41', skipped: { missing: 1 } }],
  [
    'a76-tmax-nounit.csv',
    {},
    /as °F they lie between 41 and 41 °F; .*as tenths of °C .* Say it by --units F, --units C or --units tenths\./,
  ],
  ['a06-semicolon-decimal-comma.csv', {}, { days: '2020-01-01 42.98, 2020-01-02 44.96' }],
  ['a07-tabs.csv', {}, { days: '2020-01-01 42.98' }],
  ['a28-excel-sep.csv', {}, { days: '2020-01-01 42.98' }],
  ['a09-bom-crlf-quoted.csv', {}, { days: '2020-01-01 42.98, 2020-01-02 44.6' }],
  ['a10-repeated-header.csv', {}, { days: '2020-01-01 60.08, 2021-01-01 62.06' }],
  ['a11-footer.csv', {}, /line 4, column 1: 1 columns: expected 2, .*delete the line if it is a note/],
  ['a15-newest-first.csv', {}, { days: '2020-01-01 41, 2020-01-02 42.98' }],
  ['a16-utf16-powershell.csv', {}, named('text in UTF-16LE', 'iconv -f UTF-16LE -t UTF-8')],
  ['a25-zipped.zip', {}, named('a ZIP archive', 'unzip FILE')],
  ['a62-ghcnd.tar.gz', {}, named('a tar archive packed by gzip', 'tar -xzf FILE')],
  ['a66.csv.bz2', {}, named('packed by bzip2', 'bunzip2 FILE')],
  ['a67.csv.xz', {}, named('packed by xz', 'unxz FILE')],
  ['a29-html-404.dly', {}, named('a web page', 'Download the data again')],
  ['a30-ncei-api.json', {}, named('JSON', 'format=csv')],
  [
    'a44-dly-bom.dly',
    {},
    { days: '1849-01-01 34.16, 1849-01-02 25.7, 1849-01-31 41', skipped: { missing: 28 } },
  ],
  ['a17-missing-minus99-F.csv', {}, { days: '2020-01-01 41', skipped: { marked: 4 } }],
  [
    'a20-tenths-said-C-or-F.csv',
    {},
    {
      days: '2020-01-01 33.08, 2020-01-02 48.02, 2020-01-03 46.94, 2020-07-01 82.04, 2020-07-02 84.92, 2020-07-03 87.98',
    },
  ],
  [
    'a20-tenths-said-C-or-F.csv',
    { unit: 'C' },
    /in °C, as --units C says, 5 of 6 values are impossible .*as tenths of °C they lie between 0\.6 and 31\.1 °C\. Say which it is by --units tenths\./,
  ],
  [
    'a20-tenths-said-C-or-F.csv',
    { unit: 'F' },
    /in °F, as --units F says, 3 of 6 values are impossible .*as tenths of °C they lie between 0\.6 and 31\.1 °C\. Say which it is by --units tenths\./,
  ],
  [
    'a22b-two-stations-interleaved.csv',
    {},
    /2 stations\. .* --station:\n {2}A {2}1950-01-01 to 1950-01-01 .*line 2\)\n {2}B {2}1950-01-01 to/,
  ],
  ['a22b-two-stations-interleaved.csv', { station: 'B' }, { days: '1950-01-01 77' }],
  ['a23b-old-cdo-dashed.csv', {}, { days: '2013-01-01 39.92', skipped: { flagged: 1 } }],
  ['a24-long-dashed.csv', {}, { days: '1921-01-01 55.94' }],
  ['a50-by-year-quoted.csv', {}, { days: '2020-01-01 35.96' }],
  ['a52-by-year-pandas-index.csv', {}, { days: '2020-01-01 35.96' }],
  ['a33-meteostat-time.csv', {}, { days: '2018-01-01 48.02' }],
  ['a77-cumulus-dayfile.txt', {}, /Say it by --units F or --units C\./],
  ['a77-cumulus-dayfile.txt', { unit: 'C' }, { days: '2020-02-02 64.76' }],
  // One reading tells the highest temperature of no day.
  ['a78-ecowitt.csv', {}, { days: '', skipped: { incomplete: 1 } }],
  ['a27-header-only.csv', {}, { days: '' }],
  [
    'a59-kelvin.csv',
    {},
    /in °C, as its column tmax_c says, 2 of 2 values are impossible .*as K they lie between 5 and 7\.05 °C\. Say which it is by --units K\./,
  ],
  ['a59-kelvin.csv', { unit: 'K' }, { days: '2020-01-01 41, 2020-01-02 44.69' }],
  ['a54-wide-9999-excel.csv', {}, /Say it by --units F, --units C or --units tenths\./],
  ['a54-wide-9999-excel.csv', { unit: 'F' }, { days: '2020-01-03 41', skipped: { marked: 2 } }],
  [
    'a60-F-in-C.csv',
    {},
    /31 of 31 values are impossible .*as °F they lie between 80 and 86 °F.* Say which it is by --units F/,
  ],
  [
    'a61-tenths-in-C.csv',
    {},
    /18 of 31 values are impossible .*as tenths of °C they lie between 2\.3 and 11\.3 °C.* Say which it is by .*--units tenths/,
  ],
]

for (const [file, options, expected] of cases) {
  const said = Object.keys(options).length > 0 ? ` with ${JSON.stringify(options)}` : ''
  test(`${file}${said} ${expected instanceof RegExp ? 'stops with what to do' : 'has its right values'}`, async (t) => {
    const reading = readObservations([join(folder, file)], options, t.signal)
    if (expected instanceof RegExp) {
      await assert.rejects(reading, { name: 'OperatingError', message: expected })
      return
    }
    const { days, skipped } = await reading
    const found = days.map(({ date, degrees }) => `${date} ${Math.round(degrees * 100) / 100}`)
    assert.equal(found.join(', '), expected.days)
    assert.deepEqual(Object.fromEntries(skipped), expected.skipped ?? {})
  })
}

test('what a61 and a60 are told to say is taken', async (t) => {
  const sumOf = async (file: string, unit: 'tenths' | 'F') => {
    const { days } = await readObservations([join(folder, file)], { unit }, t.signal)
    return Math.round(days.reduce((sum, { degrees }) => sum + degrees, 0) * 100) / 100
  }
  // 31 values from 2.3 °C on, each 0.3 warmer; and the values as they stand.
  assert.equal(await sumOf('a61-tenths-in-C.csv', 'tenths'), 1371.44)
  assert.equal(await sumOf('a60-F-in-C.csv', 'F'), 2570)
})

test('each file of the cases has its right value here', () => {
  const known = new Set([...cases.map(([file]) => file), 'README.md'])
  assert.deepEqual(
    readdirSync(folder).filter((file) => !known.has(file)),
    [],
  )
})
