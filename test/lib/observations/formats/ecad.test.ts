import assert from 'node:assert/strict'
import test from 'node:test'
import { readTexts } from '../../../support/read-observations.ts'

const preamble = `EUROPEAN CLIMATE ASSESSMENT & DATASET (ECA&D), file created on: 01-09-2024
THESE DATA CAN BE USED FOR NON-COMMERCIAL RESEARCH AND EDUCATION PROVIDED THAT THE FOLLOWING SOURCE IS ACKNOWLEDGED:

Klein Tank, A.M.G. and Coauthors, 2002. Daily dataset of 20th-century surface
air temperature and precipitation series for the European Climate Assessment.
Int. J. of Climatol., 22, 1441-1453.
Data and metadata available at http://www.ecad.eu

FILE FORMAT (MISSING VALUE CODE = -9999):

01-06 STAID: Station identifier
08-13 SOUID: Source identifier
15-22 DATE : Date YYYYMMDD
24-28 TX   : Maximum temperature in 0.1 °C
30-34 Q_TX : quality code for TX (0='valid'; 1='suspect'; 9='missing')

This is the blended series of station SWEDEN, VAEXJOE (STAID: 1).
Blended and updated with sources: 100001 35382
See files sources.txt and stations.txt for more info.

`
const header = 'STAID, SOUID,    DATE,   TX, Q_TX\n'
const row = (date: string, tx: string, quality = '0', staid = '1') =>
  `${staid.padStart(6)}, 35382,${date},${tx.padStart(5)},${quality.padStart(5)}\n`
const file = (...rows: string[]) => preamble + header + rows.join('')

test('ECA&D: TX is the day’s value in tenths of °C, and the text before tells the station', async () => {
  const text = file(row('18820101', '25'), row('18820102', '-100'), row('18820103', '200'))
  for (const written of [
    text,
    text.replaceAll('\n', '\r\n'),
    Buffer.from(text, 'latin1'),
    text.slice(preamble.length),
  ]) {
    const { days, skipped, id, unit, dataset } = await readTexts([written])
    assert.deepEqual(days, ['1882-01-01 36.5', '1882-01-02 14', '1882-01-03 68'])
    assert.deepEqual([skipped, id, unit, dataset], [{}, '1', 'tenths', 'ECA&D'])
  }
  assert.equal((await readTexts([text])).name, 'SWEDEN, VAEXJOE')
})

test('ECA&D: a suspect value failed a check, and a missing one is missing', async () => {
  const text = file(
    row('18820101', '25'),
    row('18820102', '300', '1'),
    row('18820103', '-9999', '9'),
    row('18820104', '-9999', '0'),
    row('18820105', '250', '9'),
  )
  const { days, skipped } = await readTexts([text])
  assert.deepEqual([days, skipped], [['1882-01-01 36.5'], { flagged: 1, missing: 3 }])
})

test('ECA&D: several sources of a station are one series, several stations are listed', async () => {
  const blended = file(row('18820101', '100'), row('18820102', '200').replace(' 35382', '100001'))
  assert.deepEqual((await readTexts([blended])).days, ['1882-01-01 50', '1882-01-02 68'])
  const other = file(row('18820101', '50', '0', '2'))
  await assert.rejects(readTexts([blended, other]), /2 stations/)
  assert.deepEqual((await readTexts([blended, other], { station: '2' })).days, ['1882-01-01 41'])
})

const stops: [what: string, text: string, error: RegExp][] = [
  [
    'a quality that is none',
    file(row('18820101', '25', '2')),
    /^f: line 22, column \d+: '2': expected a quality of 0, 1 or 9/,
  ],
  [
    'a value with a point',
    file(row('18820101', '2.5')),
    /^f: line 22, column \d+: '2\.5': expected a whole number/,
  ],
  ['no day of the calendar', file(row('18820230', '25')), /^f: line 22, column \d+: '18820230'/],
  [
    'a row cut short',
    file(row('18820101', '25').slice(0, -7)),
    /^f: line 22, column \d+: 4 columns: expected 5/,
  ],
  ['another element', file(row('18820101', '25')).replace('TX, Q_TX', 'TN, Q_TN'), /^f: line 1 is 'EUROPEAN/],
]

for (const [what, text, error] of stops) {
  test(`ECA&D: it stops and says why: ${what}`, async () => {
    await assert.rejects(readTexts([text]), { name: 'OperatingError', message: error })
  })
}
