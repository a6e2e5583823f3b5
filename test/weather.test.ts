import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import type { DailyHigh } from '../files/lib/observations/observations.ts'
import { typicalHighs } from '../files/typical-highs.ts'
import { generateWeather } from '../files/weather.ts'
import { formatTypicalHighs } from '../scripts/make-typical-highs.ts'
import { randomFrom, seededRandom } from './support/seeded-random.ts'

const root = join(import.meta.dirname, '..')
const repeatDegrees = 1_000_000

function take(weather: Iterator<DailyHigh>, count: number): DailyHigh[] {
  return Array.from({ length: count }, () => weather.next().value as DailyHigh)
}

function firstOfEachDate(reports: readonly DailyHigh[]): DailyHigh[] {
  return reports.filter(({ date }, index) => date !== reports[index - 1]?.date)
}

test('typicalHighs is what make-typical-highs makes of the Madison observations', async () => {
  const csv = await readFile(join(root, 'test/data/madison-tmax-1869-2023.csv'), 'utf8')
  const committed = await readFile(join(root, 'files/typical-highs.ts'), 'utf8')
  assert.equal(committed, formatTypicalHighs(csv))
  assert.equal(typicalHighs.length, 365)
  // By hand: awk -F, 'substr($1,6)=="07-15" && $1>="1991" && $1<"2021" {s+=$2;n++} END {print s/n}' gives 83.6667.
  assert.equal(typicalHighs[31 + 28 + 31 + 30 + 31 + 30 + 14], 84)
})

test('generateWeather gives each day from 1990-01-01 in order, first with a plausible high', (t) => {
  const reports = take(generateWeather(seededRandom(t)), 20_000)
  const dates = firstOfEachDate(reports).map(({ date }) => date)
  const start = Date.UTC(1990, 0, 1)
  const expected = dates.map((_, day) => new Date(start + day * 86_400_000).toISOString().slice(0, 10))
  assert.deepEqual(dates, expected)
  assert.ok(firstOfEachDate(reports).every(({ degrees }) => degrees < 200))
})

test('generateWeather stays within the typical high, the warming and the scatter, to four decimals', (t) => {
  for (const { date, degrees } of firstOfEachDate(take(generateWeather(seededRandom(t)), 50_000))) {
    const years = Number(date.slice(0, 4)) - 1990
    const common = date.endsWith('02-29') ? '02-28' : date.slice(5)
    const typical = typicalHighs[(Date.parse(`1990-${common}`) - Date.UTC(1990, 0, 1)) / 86_400_000]!
    const above = degrees - typical
    assert.ok(above >= years * 0.02 - 5 - 1e-4 && above <= years * 0.1 + 5 + 1e-4, `${date}: ${degrees}`)
    assert.equal(degrees, Number(degrees.toFixed(4)))
  }
})

test('generateWeather scatters evenly and warms by 0.06 degrees a year on average', (t) => {
  const above = firstOfEachDate(take(generateWeather(seededRandom(t)), 400_000))
    .filter(({ date }) => date.startsWith('2290') || date.startsWith('2291'))
    .map(({ date, degrees }) => {
      const dayOfYear = (Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / 86_400_000
      return degrees - typicalHighs[dayOfYear]!
    })
  const mean = above.reduce((sum, value) => sum + value, 0) / above.length
  const deviation = Math.sqrt(above.reduce((sum, value) => sum + (value - mean) ** 2, 0) / above.length)
  assert.equal(above.length, 730)
  // 300.5 years at 0.06; variances of the uniform draws: (300.5 * 0.08) ** 2 / 12 + 10 ** 2 / 12 = 7.52 ** 2.
  assert.ok(Math.abs(mean - 18.03) < 1.4, `mean ${mean}`)
  assert.ok(Math.abs(deviation - 7.52) < 0.8, `deviation ${deviation}`)
})

test('generateWeather repeats the previous date with 1,000,000 degrees in 5 % of its yields', (t) => {
  const reports = take(generateWeather(seededRandom(t)), 200_000)
  const repeats = reports.filter(({ date }, index) => date === reports[index - 1]?.date)
  assert.ok(repeats.every(({ degrees }) => degrees === repeatDegrees))
  assert.equal(reports.filter(({ degrees }) => degrees === repeatDegrees).length, repeats.length)
  assert.ok(Math.abs(repeats.length / reports.length - 0.05) < 0.003, `${repeats.length} repeats`)
  const twice = reports.filter(
    ({ date }, index) => date === reports[index - 1]?.date && date === reports[index - 2]?.date,
  )
  assert.ok(
    Math.abs(twice.length / reports.length - 0.0025) < 0.0006,
    `${twice.length} dates again and again`,
  )
})

test('generateWeather gives the same weather for the same draws, and another for others', () => {
  const [once, again, other] = [7, 7, 8].map((seed) => take(generateWeather(randomFrom(seed)), 1000))
  assert.deepEqual(once, again)
  assert.notDeepEqual(once, other)
})

test('generateWeather starts on the date it is given', () => {
  const dates = take(
    generateWeather(() => 0.5, '2000-02-28'),
    3,
  ).map(({ date }) => date)
  assert.deepEqual(dates, ['2000-02-28', '2000-02-29', '2000-03-01'])
  assert.throws(() => generateWeather(() => 0.5, '2001-02-29').next(), /2001-02-29/)
})

test('generateWeather gives 29 February what it would give 28 February', () => {
  const degrees = take(
    generateWeather(() => 0.5, '2000-02-28'),
    3,
  ).map(({ degrees }) => degrees)
  assert.equal(degrees[0], degrees[1])
  assert.equal(degrees[1], typicalHighs[58]! + 0.6)
})

test('generateWeather ends with 9999-12-31', () => {
  const dates = [...generateWeather(() => 0.5, '9999-12-30')].map(({ date }) => date)
  assert.deepEqual(dates, ['9999-12-30', '9999-12-31'])
})
