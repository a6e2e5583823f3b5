import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyCheckpoint } from '../../files/lib/stats/checkpoint.ts'
import { describeClimate } from '../../files/page/climate.ts'
import { beginning, latestMonth, latestText, rankOf } from '../../files/page/latest.ts'
import type { Reading } from '../../files/page/readings.ts'
import { averagesOf, type Given } from '../support/climate.ts'

const name = 'February'
const februaries = Array.from(
  { length: 149 },
  (_, i) => ({ name, year: 1869 + i, avg: 30 + (i % 10) }) as const,
)

function textOf(...months: readonly Given[]) {
  const climate = describeClimate(averagesOf(...months))
  return latestText(climate, climate.latest!, 'F')
}

test('the newest month is told with its rank among its name, when it is one of the first five', () => {
  assert.equal(
    textOf(...februaries, { name, year: 2018, avg: 49.6 }),
    'February 2018, 49.6 °F: the warmest of 150 Februaries',
  )
  assert.equal(
    textOf(...februaries.slice(0, 20), { name, year: 2018, avg: 38.5 }),
    'February 2018, 38.5 °F: the 3rd warmest of 21 Februaries',
  )
  assert.equal(
    textOf(...februaries, { name, year: 2018, avg: 34 }),
    'February 2018, 34.0 °F: 0.5 °F below the mean of 149 Februaries',
  )
  assert.equal(
    textOf(...februaries, { name, year: 2018, avg: 49.6, count: 12 }),
    'February 2018 so far, 49.6 °F: 15.1 °F above the mean of 149 Februaries, from 12 of 28 days',
  )
})

test('a rank is that of a sorted list, shared when two are equal, and none in a short history', () => {
  assert.equal(rankOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 10), 'warmest of 10')
  assert.equal(rankOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 2), '2nd coldest of 10')
  assert.equal(rankOf([1, 2, 3, 4, 5, 6, 7, 8, 10, 10], 10), 'warmest, shared, of 10')
  assert.equal(rankOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 6), undefined)
  assert.equal(rankOf([1, 2, 3, 4, 5, 6, 7, 8, 9], 9), undefined)
})

test('the newest month is that of the newest day, whatever the order of the months; the last complete one stands below it', () => {
  const { markup } = latestMonth(
    describeClimate(
      averagesOf(
        { name: 'December', year: 2010, avg: 20 },
        { name: 'January', year: 2011, avg: 30, count: 2 },
        { name: 'July', year: 2010, avg: 80 },
      ),
    ),
    'F',
  )
  assert.match(markup, /class="latest"><b>January 2011 so far<.*class="before"><b>December 2010</)
})

/** A consumer that counts so many days a second. */
function reading(rate: number, now: number): Reading {
  return {
    ...{ partition: 2, checkpoint: emptyCheckpoint(2), counted: 90, modifiedAt: now, problem: undefined },
    ...{ memory: undefined, lag: undefined },
    status: {
      ...{ pid: 7, host: 'here', state: 'live', offset: 100, endOffset: 100, rate, heartbeat: now },
      error: null,
    },
  }
}

test('until the first year is complete the page says when it will be', () => {
  const now = Date.now()
  const line = (readings: Reading[], ...months: readonly Given[]) =>
    beginning(readings, describeClimate(averagesOf(...months)), now).markup
  const january = { name: 'January', year: 1990, avg: 20 } as const
  assert.match(line([]), /This page fills by itself/)
  // From 31 January to 31 December are 334 days.
  assert.match(line([reading(10, now), reading(5, now)], january), /First complete year in about 22 s\./)
  assert.match(line([reading(0, now)], january), /First complete year after 334 more days\./)
  assert.equal(line([reading(10, now)], { ...january, name: 'July' }), '')
  assert.equal(line([reading(10, now)], january, { ...january, year: 1991 }), '')
})
