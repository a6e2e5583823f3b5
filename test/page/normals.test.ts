import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'node:test'
import { readObservations } from '../../files/lib/observations/observations.ts'
import { type MonthName, monthNames } from '../../files/lib/weather/calendar.ts'
import { describeClimate } from '../../files/page/climate.ts'
import { anomalyOf, normalsOf } from '../../files/page/normals.ts'
import { normalsTable } from '../../files/page/normals-table.ts'
import { sentenceText } from '../../files/page/sentences.ts'
import { formatStatsCsv } from '../../files/page/stats-csv.ts'
import { averagesOf, averagesOfDays, madisonNormals } from '../support/climate.ts'
import { centralPark } from '../support/station-files.ts'

const period = { first: 1991, last: 2020 }
const madison = join(import.meta.dirname, '../data/madison-tmax-1869-2023.csv')

/** Januaries of some years of the period, all complete. */
function januaries(count: number) {
  const averages = Array.from({ length: count }, (_, i) => ({ year: 1991 + i, avg: 20 + (i % 2) }))
  return averages.map((average) => ({ name: 'January' as const, ...average }))
}

test('a normal needs 24 of 30 years, and four in five of any other period', () => {
  const normal = (count: number, of = period) =>
    normalsOf(averagesOf(...januaries(count)), of).byMonth.get('January')
  assert.deepEqual(normal(24), { avg: 20.5, years: 24 })
  assert.deepEqual(normal(23), { avg: undefined, years: 23 })
  assert.deepEqual(normal(8, { first: 1991, last: 2000 }), { avg: 20.5, years: 8 })
  assert.deepEqual(normal(7, { first: 1991, last: 2000 }), { avg: undefined, years: 7 })
  assert.deepEqual(normal(30, { first: 1991, last: 1991 }), { avg: 20, years: 1 })
})

test('a month counts with ten days missing, not with eleven, and not outside the period', () => {
  const years = januaries(23)
  const last = { name: 'January', year: 2020, avg: 500 } as const
  const with24 = (changes: object) => normalsOf(averagesOf(...years, { ...last, ...changes }), period)
  assert.equal(with24({ count: 21 }).byMonth.get('January')?.years, 24)
  assert.equal(with24({ count: 20 }).byMonth.get('January')?.years, 23)
  assert.equal(with24({ year: 2021 }).byMonth.get('January')?.years, 23)
  assert.equal(with24({ year: 1990 }).byMonth.get('January')?.years, 23)
})

test('an anomaly is the difference from the normal, for a month that misses at most ten days', () => {
  const averages = averagesOf(...januaries(30), { name: 'January', year: 2024, avg: 25, count: 21 })
  const normals = normalsOf(averages, period)
  const january = averages.get('January')!.get(2024)!
  assert.equal(anomalyOf(normals, 'January', january), 4.5)
  assert.equal(anomalyOf(normals, 'January', { ...january, count: 20 }), undefined)
  assert.equal(anomalyOf(normals, 'May', january), undefined)
})

for (const [station, path, script] of [
  ['Central Park', centralPark, dlyByAwk()],
  ['Madison', madison, csvByAwk()],
] as const) {
  test(`the normals of ${station} are those that awk works out`, async (t) => {
    const { days } = await readObservations([path], {}, t.signal)
    const normals = normalsOf(averagesOfDays(days), { first: 1981, last: 2010 })
    const text = execFileSync('sh', ['-c', script, path], { encoding: 'utf8' })
    for (const [index, line] of text.trim().split('\n').entries()) {
      const [years, avg] = line.split(' ').map(Number)
      const normal = normals.byMonth.get(monthNames[index]!)!
      assert.equal(normal.years, years)
      assert.ok(Math.abs(normal.avg! - avg!) < 1e-6, `${monthNames[index]}: ${normal.avg}, by awk ${avg}`)
    }
  })
}

test("Madison's normals of 1991-2020 lie within 0.5 °F of NOAA's", async (t) => {
  const { days } = await readObservations([madison], {}, t.signal)
  const { byMonth } = normalsOf(averagesOfDays(days), period)
  for (const [name, noaa] of Object.entries(madisonNormals)) {
    const { avg } = byMonth.get(name as MonthName)!
    assert.ok(Math.abs(avg! - noaa) <= 0.5, `${name}: ${avg}, NOAA has ${noaa}`)
  }
})

test('the page tells normals and anomalies: in a table, in the sentences, and in stats.csv', () => {
  const averages = averagesOf(
    ...januaries(30),
    { name: 'January', year: 2024, avg: 25.5 },
    { name: 'May', year: 2024, avg: 60, count: 5 },
  )
  const climate = describeClimate(averages, { period })
  assert.equal(
    sentenceText(climate, 'January', 'F'),
    'January 2024: 25.5 °F, 5.0 above its normal of 1991 to 2020',
  )
  assert.equal(
    sentenceText(climate, 'May', 'F'),
    'May 2024 so far: 60.0 °F, the only May so far, 5 of 31 days',
  )
  const table = normalsTable(climate, 'C')!.markup
  assert.match(table, /of at least 24 of the 30 years/)
  assert.match(
    table,
    /January<\/th><td>−6\.4<\/td><td>30 of 30<\/td><td>2024<\/td>.*?<td class="warm">\+2\.8</,
  )
  assert.match(
    table,
    /May<\/th><td>–<\/td><td>0 of 30<\/td><td>2024<\/td>.*?<td class="muted">26 days missing</,
  )
  const rows = formatStatsCsv(climate).trimEnd().split('\r\n')
  assert.ok(rows.find((row) => row.startsWith('January,2024,'))!.endsWith(',F,,,,20.5,30,5'))
  assert.ok(rows.find((row) => row.startsWith('May,2024,'))!.endsWith(',F,,,,,0,'))
  assert.equal(normalsTable(describeClimate(averages), 'F'), undefined)
})

/** Years that count and normal in °F of 1981-2010, a line a month, from a `.dly` file. */
function dlyByAwk(): string {
  return `gzip -dc "$0" | awk 'substr($0, 18, 4) == "TMAX" {
    y = substr($0, 12, 4) + 0; m = substr($0, 16, 2) + 0
    if (y < 1981 || y > 2010) next
    s = 0; n = 0; d = 31
    if (m == 4 || m == 6 || m == 9 || m == 11) d = 30
    if (m == 2) d = (y % 4 == 0 && y % 100 != 0 || y % 400 == 0) ? 29 : 28
    for (i = 0; i < d; i++) {
      v = substr($0, 22 + 8 * i, 5) + 0; q = substr($0, 28 + 8 * i, 1)
      if (v != -9999 && q == " ") { s += v; n++ }
    }
    if (d - n <= 10) { total[m] += s / n; years[m]++ }
  } END { for (m = 1; m <= 12; m++) printf "%d %.9f\\n", years[m], total[m] / years[m] / 10 * 9 / 5 + 32 }'`
}

function csvByAwk(): string {
  return `awk -F, '$1 >= "1981" && $1 < "2011" && $2 != "" { k = substr($1, 1, 7); s[k] += $2; n[k]++ }
    END { for (k in s) { m = substr(k, 6, 2) + 0; if (n[k] >= 21) { total[m] += s[k] / n[k]; years[m]++ } }
    for (m = 1; m <= 12; m++) printf "%d %.9f\\n", years[m], total[m] / years[m] }' "$0"`
}
