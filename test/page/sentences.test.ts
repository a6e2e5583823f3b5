import assert from 'node:assert/strict'
import { test } from 'node:test'
import { monthNames } from '../../files/lib/weather/calendar.ts'
import { describeClimate } from '../../files/page/climate.ts'
import { firstSentences, plural, sentenceText } from '../../files/page/sentences.ts'
import { averagesOf } from '../support/climate.ts'

const years = Array.from({ length: 20 }, (_, i) => ({ name: 'January' as const, year: 1990 + i, avg: 35.2 }))

test('a month that misses days is told as so far, against the mean of the other years, with its days', () => {
  const averages = averagesOf(...years, { name: 'January', year: 2010, avg: 37.3, count: 12 })
  assert.equal(
    sentenceText(describeClimate(averages), 'January', 'F'),
    'January 2010 so far: 37.3 °F, 2.1 above its own mean of 20 Januaries, 12 of 31 days',
  )
})

test('a complete month is told without its days, and below, or equal to, the mean', () => {
  const cold = averagesOf(...years, { name: 'January', year: 2010, avg: 30 })
  assert.equal(
    sentenceText(describeClimate(cold), 'January', 'F'),
    'January 2010: 30.0 °F, 5.2 below its own mean of 20 Januaries',
  )
  const same = averagesOf({ name: 'March', year: 2001, avg: 40 }, { name: 'March', year: 2000, avg: 40 })
  assert.equal(
    sentenceText(describeClimate(same), 'March', 'F'),
    'March 2001: 40.0 °F, equal to its own mean of 1 March',
  )
})

test('in °C a temperature moves its zero and a difference does not', () => {
  const averages = averagesOf({ name: 'May', year: 2000, avg: 50 }, { name: 'May', year: 2001, avg: 59 })
  assert.equal(
    sentenceText(describeClimate(averages), 'May', 'C'),
    'May 2001: 15.0 °C, 5.0 above its own mean of 1 May',
  )
})

test('the mean is that of complete months alone', () => {
  const averages = averagesOf(
    { name: 'January', year: 2000, avg: 30 },
    { name: 'January', year: 2001, avg: 90, count: 2 },
    { name: 'January', year: 2002, avg: 31 },
  )
  assert.match(
    sentenceText(describeClimate(averages), 'January', 'F'),
    /1\.0 above its own mean of 1 January$/,
  )
})

test('a month alone and a month without data say so', () => {
  const climate = describeClimate(averagesOf({ name: 'January', year: 1990, avg: -0.04 }))
  assert.equal(sentenceText(climate, 'January', 'F'), 'January 1990: 0.0 °F, the only January so far')
  assert.equal(sentenceText(climate, 'February', 'F'), 'February: no data yet')
})

test('a number says where it comes from', () => {
  const { markup } = firstSentences(
    describeClimate(averagesOf({ name: 'January', year: 2010, avg: 37.3, count: 12 })),
    'F',
  )
  assert.match(markup, /tabindex="0" aria-describedby="origin-January">37\.3 °F</)
  assert.match(
    markup,
    /partition 2, partition-2\.json, offset 4,117; 2010-01-01 to 2010-01-12, 12 of 31 days/,
  )
})

test('the plurals of the months are English', () => {
  assert.deepEqual(monthNames.map(plural), [
    ...['Januaries', 'Februaries', 'Marches', 'Aprils', 'Mays', 'Junes', 'Julys', 'Augusts'],
    ...['Septembers', 'Octobers', 'Novembers', 'Decembers'],
  ])
})
