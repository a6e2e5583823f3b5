import assert from 'node:assert/strict'
import test from 'node:test'
import { emptyCheckpoint, formatCheckpoint, monthTable } from '../../../files/lib/stats/checkpoint.ts'
import { longestGap, newMissingDays, recallMissingDays } from '../../../files/lib/stats/missing-days.ts'
import { parseCheckpoint } from '../../../files/lib/stats/parse-checkpoint.ts'
import { addDay } from '../../../files/lib/stats/stats.ts'
import { seededRandom } from '../../support/seeded-random.ts'

/** A checkpoint of partition 2 with these days of January counted, by year. */
function januaries(years: Record<number, number[]>) {
  const checkpoint = emptyCheckpoint(2)
  const table = monthTable(checkpoint, 'January')
  for (const [year, days] of Object.entries(years))
    for (const day of days) addDay(table, Number(year), day, 20)
  checkpoint.offset = Object.values(years).flat().length
  return { checkpoint, table }
}

/** As the next start has it: the file alone, and what was kept beside it, as JSON. */
function restart(checkpoint: ReturnType<typeof emptyCheckpoint>, kept: object | undefined) {
  const text = Buffer.concat(formatCheckpoint(checkpoint)).toString()
  const next = parseCheckpoint(text, 2, 'partition-2.json')
  recallMissingDays(next, kept && JSON.parse(JSON.stringify(kept)))
  return { checkpoint: next, table: monthTable(next, 'January') }
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
const without = (...missing: number[]) => range(1, 31).filter((day) => !missing.includes(day))

/** The longest run of 0 in a text of 0 and 1, a day each. */
function longestRun(days: readonly number[]): number {
  const text = range(1, 31).map((day) => (days.includes(day) ? '1' : '0'))
  return Math.max(
    ...text
      .join('')
      .split('1')
      .map(({ length }) => length),
  )
}

test('the longest gap is that of any set of days, also after a restart at any of them', (t) => {
  const random = seededRandom(t)
  for (let run = 0; run < 3000; run++) {
    const share = random()
    const days = range(1, 31).filter(() => random() < share)
    if (days.length === 0) continue
    const at = Math.floor(random() * days.length)
    const before = januaries({ 1990: days.slice(0, at) })
    const after = restart(before.checkpoint, newMissingDays(before.checkpoint))
    for (const day of days.slice(at)) addDay(after.table, 1990, day, 20)
    assert.equal(longestGap(after.table, 1990, 1), longestRun(days), days.join(' '))
    const kept = newMissingDays(after.checkpoint) ?? newMissingDays(januaries({ 1990: days }).checkpoint)
    const missing = range(days[0]!, days.at(-1)!).filter((day) => !days.includes(day))
    assert.deepEqual(kept?.January?.[1990] ?? [], missing)
  }
})

test('what was kept ahead of the file, by a crash between the two, is cut to the days of the file', () => {
  const ahead = januaries({ 1990: without(3, 4, 20, 21, 22, 23, 24), 1991: [1, 2, 9] })
  const kept = newMissingDays(ahead.checkpoint)
  const behind = januaries({ 1990: without(3, 4).slice(0, 12) })
  const { table, checkpoint } = restart(behind.checkpoint, kept)
  assert.equal(longestGap(table, 1990, 1), 31 - 14)
  for (const day of without(3, 4, 20, 21, 22, 23, 24).slice(12)) addDay(table, 1990, day, 20)
  assert.equal(longestGap(table, 1990, 1), 5)
  assert.deepEqual(newMissingDays(checkpoint), { January: { 1990: [3, 4, 20, 21, 22, 23, 24] } })
})

test('without what was kept, or with less of it, a month with missing days is not known, for ever', () => {
  const days = without(8, 9, 10, 11, 12, 13)
  const { checkpoint } = januaries({ 1990: days.slice(0, 15), 1991: without(), 1992: range(7, 31) })
  for (const kept of [undefined, {}, { January: { 1990: [8, 9, 10] } }, { May: { 1990: range(8, 13) } }]) {
    const { table } = restart(checkpoint, kept)
    assert.equal(longestGap(table, 1990, 1), undefined, JSON.stringify(kept))
    // Nothing is missing between the ends of these: the file alone tells.
    assert.deepEqual([longestGap(table, 1991, 1), longestGap(table, 1992, 1)], [0, 6])
    for (const day of days.slice(15).filter((day) => day !== 25)) addDay(table, 1990, day, 20)
    assert.equal(longestGap(table, 1990, 1), undefined, JSON.stringify(kept))
  }
})

for (const kept of [
  [],
  { January: [] },
  { January: null },
  { January: 'January' },
  { January: { 1990: null, 1991: 7, x: [5] } },
  { January: { 1990: ['8', null, {}, 8.5, -1, 99, Number.NaN], 99999: [5] } },
]) {
  test(`what nobody has written is passed over: ${JSON.stringify(kept)}`, () => {
    const { checkpoint } = januaries({ 1990: without(8, 9, 10, 11, 12, 13) })
    assert.equal(longestGap(restart(checkpoint, kept).table, 1990, 1), undefined)
  })
}

test('missing days are new once, and then all of them are told', () => {
  const { checkpoint, table } = januaries({ 1990: [1, 2, 5], 1991: [9, 10] })
  assert.deepEqual(newMissingDays(checkpoint), { January: { 1990: [3, 4] } })
  addDay(table, 1990, 6, 20)
  assert.equal(newMissingDays(checkpoint), undefined)
  addDay(table, 1991, 30, 20)
  addDay(table, 1990, 31, 20)
  assert.deepEqual(newMissingDays(checkpoint), {
    January: { 1990: [3, 4, ...range(7, 30)], 1991: range(11, 29) },
  })
  // A duplicate, and a day whose sum would be infinite, are not counted and make no gap.
  addDay(table, 1990, 8, 20)
  addDay(table, 1991, 31, Number.POSITIVE_INFINITY)
  assert.equal(newMissingDays(checkpoint), undefined)
})

test('the last days of a month are missing by its length, of February too', () => {
  const checkpoint = emptyCheckpoint(1)
  const table = monthTable(checkpoint, 'February')
  for (const year of [1999, 2000]) addDay(table, year, 25, 20)
  assert.deepEqual([longestGap(table, 1999, 2), longestGap(table, 2000, 2)], [24, 24])
  for (const year of [1999, 2000]) addDay(table, year, 27, 20)
  for (const year of [1997, 1996]) for (const day of range(1, 24)) addDay(table, year, day, 20)
  assert.deepEqual([longestGap(table, 1997, 2), longestGap(table, 1996, 2)], [4, 5])
})
