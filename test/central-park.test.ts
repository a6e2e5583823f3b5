import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { gzipSync } from 'node:zlib'
import { readObservations } from '../files/lib/observations/observations.ts'
import { temporaryFolder } from './support/program.ts'
import { seededRandom } from './support/seeded-random.ts'
import {
  centralPark,
  type Value,
  valuesByAwk,
  writeByYear,
  writeDailySummaries,
} from './support/station-files.ts'

const values = valuesByAwk(centralPark)
const highs = values.filter(({ element, tenths }) => element === 'TMAX' && tenths !== -9999)
const passed = highs.filter(({ flags }) => flags[1] === '')

test("Central Park's 151 years come out of the .dly file as awk reads them, with what is left out counted", async (t) => {
  const { days, skipped } = await readObservations([centralPark], {}, t.signal)
  assert.equal(days.length, 55_145)
  assert.deepEqual(Object.fromEntries(skipped), { missing: 35, flagged: 2, padding: 1021 })
  assert.deepEqual(
    days,
    passed.map(({ date, tenths }) => ({ date, degrees: ((tenths / 10) * 9) / 5 + 32 })),
  )
})

test('each month of Central Park has the sum that awk finds in it', async (t) => {
  const { days } = await readObservations([centralPark], {}, t.signal)
  const inTenths = new Map<string, { sum: number; count: number }>()
  for (const { date, tenths } of passed) addTo(inTenths, date.slice(0, 7), tenths)
  const ours = new Map<string, { sum: number; count: number }>()
  for (const { date, degrees } of days) addTo(ours, date.slice(0, 7), degrees)
  assert.deepEqual([...ours.keys()], [...inTenths.keys()])
  for (const [month, { sum, count }] of inTenths) {
    const celsius = ((ours.get(month)!.sum / count - 32) * 5) / 9
    assert.equal(ours.get(month)!.count, count)
    assert.ok(Math.abs(celsius - sum / count / 10) < 1e-9, month)
  }
  const newest = ['2019-01', '2019-02', '2019-03'].map((month) => inTenths.get(month)!)
  assert.deepEqual(
    newest.map(({ sum, count }) => (sum / count / 10).toFixed(2)),
    ['3.91', '5.92', '9.29'],
  )
})

test('the same days in all forms, shuffled, quoted or not, gzip or not, are the same to the last bit', async (t) => {
  const random = seededRandom(t)
  const folder = await temporaryFolder(t)
  const expected = await readObservations([centralPark], {}, t.signal)
  const forms = {
    byYear: writeByYear(values, random),
    oldSummaries: writeDailySummaries(values, random, true),
    newSummaries: writeDailySummaries(values, random, false).replaceAll('\n', '\r\n'),
    plain: `date,tmax_c\n${passed.map(({ date, tenths }) => `${date},${tenths / 10}\n`).join('')}`,
  }
  for (const [name, text] of Object.entries(forms)) {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      const path = join(folder, name)
      await writeFile(path, bytes)
      const { days, skipped } = await readObservations([path], {}, t.signal)
      assert.deepEqual(days, expected.days, name)
      assert.equal(skipped.get('flagged') ?? 0, name === 'plain' ? 0 : 2)
    }
  }
})

test('a record split by year into files in no order, some of them twice, is the record', async (t) => {
  const folder = await temporaryFolder(t)
  const random = seededRandom(t)
  const byYear = Map.groupBy(values, ({ date }) => date.slice(0, 4))
  await mkdir(join(folder, 'years'))
  const write = async ([year, part]: [string, Value[]]) => {
    const path = join(folder, 'years', year)
    await writeFile(path, gzipSync(writeByYear(part, random)))
    return path
  }
  const paths = await Promise.all([...byYear].filter(([year]) => year >= '1990').map(write))
  const files = [...paths.toReversed(), ...paths.slice(0, 2)]
  const { days, skipped } = await readObservations(files, { station: 'USW00094728' }, t.signal)
  const { days: expected } = await readObservations([centralPark], { from: '1990-01-01' }, t.signal)
  assert.deepEqual(days, expected)
  assert.equal(skipped.get('repeated'), expected.filter(({ date }) => date < '1992').length)
})

function addTo(sums: Map<string, { sum: number; count: number }>, month: string, value: number): void {
  const { sum, count } = sums.get(month) ?? { sum: 0, count: 0 }
  sums.set(month, { sum: sum + value, count: count + 1 })
}
