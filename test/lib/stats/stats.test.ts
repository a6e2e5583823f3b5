import assert from 'node:assert/strict'
import test from 'node:test'
import {
  addDay,
  blockCount,
  blockOf,
  emptyMonthTable,
  type MonthTable,
  yearCount,
  yearsOfBlock,
} from '../../../files/lib/stats/stats.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const statsOf = (table: MonthTable, year: number) => ({
  count: table.counts[year],
  sum: table.sums[year],
  first: table.firstDays[year],
  last: table.lastDays[year],
})

test('addDay counts days in their order', () => {
  const table = emptyMonthTable()
  assert.deepEqual([addDay(table, 1990, 3, 20), addDay(table, 1990, 4, -5.5)], ['counted', 'counted'])
  assert.deepEqual(statsOf(table, 1990), { count: 2, sum: 14.5, first: 3, last: 4 })
})

test('addDay ignores a day on or before the last one counted', () => {
  const table = emptyMonthTable()
  addDay(table, 1990, 3, 20)
  for (const day of [3, 2, 1]) assert.equal(addDay(table, 1990, day, 1_000_000), 'duplicate')
  assert.deepEqual(statsOf(table, 1990), { count: 1, sum: 20, first: 3, last: 3 })
})

test('addDay keeps years apart, from 1 to 9999', () => {
  const table = emptyMonthTable()
  for (let year = 1; year <= 9999; year++) assert.equal(addDay(table, year, 1 + (year % 28), year), 'counted')
  for (let year = 1; year <= 9999; year++) {
    assert.deepEqual(statsOf(table, year), {
      count: 1,
      sum: year,
      first: 1 + (year % 28),
      last: 1 + (year % 28),
    })
  }
})

test('addDay does not count a day that makes the sum infinite, and goes on after it', () => {
  for (const sign of [1, -1]) {
    const table = emptyMonthTable()
    addDay(table, 2000, 1, sign * 1e308)
    assert.equal(addDay(table, 2000, 2, sign * 1e308), 'overflow')
    assert.deepEqual(statsOf(table, 2000), { count: 1, sum: sign * 1e308, first: 1, last: 1 })
    assert.equal(addDay(table, 2000, 2, sign * -1e308), 'counted')
    assert.deepEqual(statsOf(table, 2000), { count: 2, sum: 0, first: 1, last: 2 })
  }
})

test('addDay counts a first day of 0 °F', () => {
  const table = emptyMonthTable()
  assert.equal(addDay(table, 2000, 1, 0), 'counted')
  assert.equal(addDay(table, 2000, 1, 0), 'duplicate')
  assert.equal(statsOf(table, 2000).count, 1)
})

test('only what is counted marks its block of years as changed', () => {
  const table = emptyMonthTable()
  assert.ok(
    table.changedBlocks.every((changed) => changed === 1),
    'all are to be made at first',
  )
  table.changedBlocks.fill(0)
  addDay(table, 1990, 3, 1e308)
  assert.deepEqual(
    [...table.changedBlocks.keys()].filter((block) => table.changedBlocks[block]),
    [blockOf(1990)],
  )
  table.changedBlocks.fill(0)
  addDay(table, 1990, 3, 1)
  addDay(table, 1990, 4, 1e308)
  assert.ok(table.changedBlocks.every((changed) => changed === 0))
})

test('the blocks hold each year once', () => {
  const years = Array.from({ length: blockCount }, (_, block) => yearsOfBlock(block)).flatMap(
    ([first, end], block) =>
      Array.from({ length: end - first }, (_, i) => {
        assert.equal(blockOf(first + i), block)
        return first + i
      }),
  )
  assert.deepEqual(
    years,
    Array.from({ length: yearCount }, (_, year) => year),
  )
})

test('random days, some again and some late, make the stats that lists of days make', (t) => {
  const random = seededRandom(t)
  const table = emptyMonthTable()
  const lists = new Map<number, { day: number; degrees: number }[]>()
  for (let run = 0; run < 50_000; run++) {
    const year = 1 + Math.floor(random() * 9999 * random() ** 4)
    const [day, degrees] = [1 + Math.floor(random() * 31), random() * 200 - 60]
    const list = lists.get(year) ?? []
    lists.set(year, list)
    const isNew = list.every((earlier) => earlier.day < day)
    if (isNew) list.push({ day, degrees })
    assert.equal(addDay(table, year, day, degrees), isNew ? 'counted' : 'duplicate')
  }
  for (const [year, list] of lists) {
    assert.deepEqual(statsOf(table, year), {
      count: list.length,
      sum: list.reduce((sum, { degrees }) => sum + degrees, 0),
      first: list[0]?.day,
      last: list.at(-1)?.day,
    })
  }
})
