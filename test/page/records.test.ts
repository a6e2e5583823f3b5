import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findRecords, recordList, recordText } from '../../files/page/records.ts'
import { averagesOf } from '../support/climate.ts'
import { seededRandom } from '../support/seeded-random.ts'

const name = 'January'

test('a record names the month, its rank, its year, and what it beat', () => {
  const dull = Array.from({ length: 32 }, (_, i) => ({ name, year: 1991 + i, avg: 30 - i / 100 }) as const)
  const averages = averagesOf(
    { name, year: 1990, avg: 31 },
    ...dull.map((month) => (month.year === 2006 ? { ...month, avg: 40.8 } : month)),
    { name, year: 2024, avg: 41.2 },
  )
  assert.equal(
    recordText(findRecords(averages)[0]!, 'F'),
    'January 2024, 41.2 °F: the warmest of 34 Januaries; before it, 2006 with 40.8 °F',
  )
})

test('an incomplete month is marked and never ranked', () => {
  const averages = averagesOf(...[1990, 1991, 1992].map((year) => ({ name, year, avg: 30 }) as const), {
    name,
    year: 1993,
    avg: 99,
    count: 30,
  })
  assert.deepEqual(findRecords(averages), [])
  assert.match(
    recordList(averages, 'F').markup,
    /Incomplete months, not ranked.*January 1993: 99\.0 °F from 30 days/s,
  )
})

test('a month that equals the record has not broken it, and the first two years break none', () => {
  const averages = averagesOf(
    ...[20, 30, 30, 31, 10].map((avg, index) => ({ name, year: 1990 + index, avg }) as const),
  )
  assert.deepEqual(
    findRecords(averages).map(({ kind, now, before, of }) => [kind, now.year, before.year, of]),
    [
      ['coldest', 1994, 1990, 5],
      ['warmest', 1993, 1991, 4],
    ],
  )
})

test('records are those that a count of all earlier years finds', (t) => {
  const random = seededRandom(t)
  const values = Array.from({ length: 150 }, () => Math.round(random() * 500) / 10)
  const averages = averagesOf(...values.map((avg, index) => ({ name, year: 1870 + index, avg }) as const))
  const expected = values.flatMap((value, index) => {
    const earlier = values.slice(0, index)
    return index >= 2 && earlier.every((other) => other < value) ? [1870 + index] : []
  })
  const found = findRecords(averages).filter(({ kind }) => kind === 'warmest')
  assert.deepEqual(
    found.map(({ now }) => now.year),
    expected.reverse(),
  )
})
