import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'node:test'
import { readObservations } from '../../files/lib/observations/observations.ts'
import { type MonthName, monthNames } from '../../files/lib/weather/calendar.ts'
import { describeClimate } from '../../files/page/climate.ts'
import { statsFragments } from '../../files/page/fragments.ts'
import { anomalyOf, missesFiveInARow, normalsOf } from '../../files/page/normals.ts'
import { normalsTable } from '../../files/page/normals-table.ts'
import { renderPage } from '../../files/page/page.ts'
import { sentenceText } from '../../files/page/sentences.ts'
import { formatStatsCsv } from '../../files/page/stats-csv.ts'
import { createViewStore } from '../../files/page/view.ts'
import { averagesOf, averagesOfDays, type Given, madisonNormals } from '../support/climate.ts'
import { seededRandom } from '../support/seeded-random.ts'
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
  assert.deepEqual(normal(24), { avg: 20.5, years: 24, uncertainYears: 0 })
  assert.deepEqual(normal(23), { avg: undefined, years: 23, uncertainYears: 0 })
  assert.deepEqual(normal(8, { first: 1991, last: 2000 }), { avg: 20.5, years: 8, uncertainYears: 0 })
  assert.deepEqual(normal(7, { first: 1991, last: 2000 }), { avg: undefined, years: 7, uncertainYears: 0 })
  assert.deepEqual(normal(30, { first: 1991, last: 1991 }), { avg: 20, years: 1, uncertainYears: 0 })
})

test('a month counts with ten days missing, not with eleven, and not outside the period', () => {
  const years = januaries(23)
  const last = { name: 'January', year: 2020, avg: 500 } as const
  const with24 = (changes: object) => normalsOf(averagesOf(...years, { ...last, ...changes }), period)
  assert.equal(with24({ count: 21, longestGap: 4 }).byMonth.get('January')?.years, 24)
  assert.equal(with24({ count: 20, longestGap: 4 }).byMonth.get('January')?.years, 23)
  assert.equal(with24({ year: 2021 }).byMonth.get('January')?.years, 23)
  assert.equal(with24({ year: 1990 }).byMonth.get('January')?.years, 23)
})

test('a month counts with four days missing in a row, not with five, wherever in the month they are', () => {
  const years = januaries(23)
  const last = { name: 'January', year: 2020, avg: 500 } as const
  const with24 = (changes: object) =>
    normalsOf(averagesOf(...years, { ...last, ...changes }), period).byMonth.get('January')!
  assert.deepEqual(with24({ count: 23, longestGap: 4 }).years, 24)
  assert.deepEqual(with24({ count: 26, longestGap: 5 }).years, 23)
  assert.deepEqual(with24({ count: 26, longestGap: 4 }).uncertainYears, 0)
})

test('where it is not known which days are missing, first, last and number of days tell as much as they can', () => {
  const month = (start: number, end: number, count: number) => {
    const [january] = averagesOf({ name: 'January', year: 2020, avg: 20 }).get('January')!.values()
    const date = (day: number) => `2020-01-${String(day).padStart(2, '0')}`
    return { ...january!, start: date(start), end: date(end), count, longestGap: undefined }
  }
  for (const [start, end, count, expected] of [
    [6, 31, 26, true],
    [1, 26, 26, true],
    [5, 27, 23, false],
    [1, 31, 27, false],
    [5, 27, 19, false],
    [1, 31, 26, undefined],
    [5, 27, 18, undefined],
    [6, 31, 21, true],
  ] as const)
    assert.equal(missesFiveInARow(month(start, end, count), 'January'), expected, `${start} ${end} ${count}`)
})

test('what counts and the dates tell is what the days tell, or nothing', (t) => {
  const random = seededRandom(t)
  const told = { right: 0, unknown: 0 }
  for (let run = 0; run < 20_000; run++) {
    const share = random() ** 0.2
    const days = Array.from({ length: 31 }, (_, i) => i + 1).filter(() => random() < share)
    if (days.length === 0) continue
    const dates = days.map((day) => ({ date: `2020-01-${String(day).padStart(2, '0')}`, degrees: 20 }))
    const [known] = averagesOfDays(dates).get('January')!.values()
    const inARow = missesFiveInARow(known!, 'January')
    assert.equal(inARow, /0{5}/.test(bitsOf(days)))
    const without = missesFiveInARow({ ...known!, longestGap: undefined }, 'January')
    if (without === undefined) told.unknown++
    else {
      assert.equal(without, inARow, bitsOf(days))
      told.right++
    }
  }
  assert.ok(told.right > 1000 && told.unknown > 1000, JSON.stringify(told))
})

/** A month of 31 days as a text of 0 and 1. */
function bitsOf(days: readonly number[]): string {
  return Array.from({ length: 31 }, (_, i) => (days.includes(i + 1) ? '1' : '0')).join('')
}

test('a year that might have to be left out is counted, and said', () => {
  const unknown = { count: 25, lastDay: 31, longestGap: undefined }
  const uncertain = { name: 'January', year: 2020, avg: 20, ...unknown } as const
  const newest = { name: 'January', year: 2024, avg: 25, ...unknown } as const
  const described = (...more: Given[]) => describeClimate(averagesOf(...januaries(29), ...more), { period })
  const one = described(uncertain)
  assert.deepEqual(one.normals!.byMonth.get('January'), {
    ...{ avg: (15 * 20 + 14 * 21 + 20) / 30, years: 30, uncertainYears: 1 },
  })
  const captionOf = (climate: typeof one) =>
    /<caption>(.*?)<\/caption>/.exec(normalsTable(climate, 'F')!.markup)![1]
  const rule = /; a month with 11 or more days missing, or 5 in a row, does not count \(WMO-No\. 1203\)$/
  assert.match(captionOf(described())!, rule)
  assert.match(
    captionOf(one)!,
    /\. Of 1 month it is not known whether 5 in a row are missing: it counts here/,
  )
  assert.match(captionOf(described(uncertain, newest))!, /\. Of 2 months it is not known .*: they count here/)
  // Of a month that nothing is held against nothing is said.
  assert.match(captionOf(described({ ...newest, name: 'May' }))!, rule)
  const rows = formatStatsCsv(described(uncertain, newest)).trimEnd().split('\r\n')
  assert.ok(rows.find((row) => row.startsWith('January,2020,'))!.endsWith(',,1'))
  assert.ok(rows.find((row) => row.startsWith('January,1991,'))!.endsWith(',0,1'))
})

test('an anomaly is the difference from the normal, for a month that misses at most ten days, four in a row', () => {
  const averages = averagesOf(
    ...januaries(30),
    ...[{ name: 'January' as const, year: 2024, avg: 25, count: 21, longestGap: 4 }],
  )
  const normals = normalsOf(averages, period)
  const january = averages.get('January')!.get(2024)!
  assert.equal(anomalyOf(normals, 'January', january), 4.5)
  assert.equal(anomalyOf(normals, 'January', { ...january, count: 20 }), undefined)
  assert.equal(anomalyOf(normals, 'January', { ...january, longestGap: 5 }), undefined)
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
    { name: 'June', year: 2024, avg: 70, count: 25 },
  )
  const climate = describeClimate(averages, { period })
  assert.equal(sentenceText(climate, 'January', 'F'), 'January 2024: 25.5 °F, 5.0 °F above normal')
  assert.equal(
    sentenceText(climate, 'May', 'F'),
    'May 2024 so far: 60.0 °F, the only May so far (5 of 31 days)',
  )
  const table = normalsTable(climate, 'C')!.markup
  assert.match(table, /the mean of at least 24 of the 30 years/)
  assert.match(
    table,
    /January<\/th><td>−6\.4<\/td><td class="years">30 of 30<\/td><td>2024<\/td>.*?<td class="warm">\+2\.8</,
  )
  assert.match(
    table,
    /May<\/th><td>–<\/td><td class="years">0 of 30<\/td><td>2024<\/td>.*?<td class="muted">26 days missing</,
  )
  assert.match(table, /June<\/th>.*?<td class="muted">5 or more days in a row missing</)
  const rows = formatStatsCsv(climate).trimEnd().split('\r\n')
  assert.ok(rows.find((row) => row.startsWith('January,2024,'))!.endsWith(',F,,,,20.5,30,5,0,0'))
  assert.ok(rows.find((row) => row.startsWith('May,2024,'))!.endsWith(',F,,,,,0,,26,0'))
  assert.equal(normalsTable(describeClimate(averages), 'F'), undefined)
})

test('the reference period is named once on the page', () => {
  const climate = describeClimate(averagesOf(...januaries(30), { name: 'January', year: 2024, avg: 25.5 }), {
    period,
  })
  const store = createViewStore('run')
  store.replace(statsFragments(climate, 'F'))
  const text = renderPage(store.view(), { unit: 'F', period })
  assert.deepEqual(text.match(/1991 (to|–) 2020/g), ['1991 to 2020'])
  assert.match(text, /<h2 id="section-normals">Normals of 1991 to 2020</)
})

/** Years that count and normal in °F of 1981-2010, a line a month, from a `.dly` file. */
function dlyByAwk(): string {
  return `gzip -dc "$0" | awk 'substr($0, 18, 4) == "TMAX" {
    y = substr($0, 12, 4) + 0; m = substr($0, 16, 2) + 0
    if (y < 1981 || y > 2010) next
    s = 0; n = 0; gap = 0; longest = 0; d = 31
    if (m == 4 || m == 6 || m == 9 || m == 11) d = 30
    if (m == 2) d = (y % 4 == 0 && y % 100 != 0 || y % 400 == 0) ? 29 : 28
    for (i = 0; i < d; i++) {
      v = substr($0, 22 + 8 * i, 5) + 0; q = substr($0, 28 + 8 * i, 1)
      if (v != -9999 && q == " ") { s += v; n++; gap = 0 } else if (++gap > longest) longest = gap
    }
    if (d - n < 11 && longest < 5) { total[m] += s / n; years[m]++ }
  } END { for (m = 1; m <= 12; m++) printf "%d %.9f\\n", years[m], total[m] / years[m] / 10 * 9 / 5 + 32 }'`
}

function csvByAwk(): string {
  return `awk -F, '$1 >= "1981" && $1 < "2011" && $2 != "" { k = substr($1, 1, 7); s[k] += $2; n[k]++ }
    END { for (k in s) { m = substr(k, 6, 2) + 0; if (n[k] >= 27) { total[m] += s[k] / n[k]; years[m]++ } }
    for (m = 1; m <= 12; m++) printf "%d %.9f\\n", years[m], total[m] / years[m] }' "$0"`
}
