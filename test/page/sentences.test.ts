import assert from 'node:assert/strict'
import { test } from 'node:test'
import { monthNames } from '../../files/lib/weather/calendar.ts'
import { describeClimate } from '../../files/page/climate.ts'
import { plural, sentences, sentenceText } from '../../files/page/sentences.ts'
import { averagesOf } from '../support/climate.ts'

const years = Array.from({ length: 20 }, (_, i) => ({ name: 'January' as const, year: 1990 + i, avg: 35.2 }))

test('a month that misses days is told as so far, against the mean of the other years, with its days', () => {
  const averages = averagesOf(...years, { name: 'January', year: 2010, avg: 37.3, count: 12 })
  assert.equal(
    sentenceText(describeClimate(averages), 'January', 'F'),
    'January 2010 so far: 37.3 °F, 2.1 °F above the mean of 20 Januaries (12 of 31 days)',
  )
})

test('a complete month is told without its days, and below, or equal to, the mean', () => {
  const cold = averagesOf(...years, { name: 'January', year: 2010, avg: 30 })
  assert.equal(
    sentenceText(describeClimate(cold), 'January', 'F'),
    'January 2010: 30.0 °F, 5.2 °F below the mean of 20 Januaries',
  )
  const same = averagesOf({ name: 'March', year: 2001, avg: 40 }, { name: 'March', year: 2000, avg: 40 })
  assert.equal(
    sentenceText(describeClimate(same), 'March', 'F'),
    'March 2001: 40.0 °F, equal to the mean of 1 March',
  )
})

test('in °C a temperature moves its zero and a difference does not', () => {
  const averages = averagesOf({ name: 'May', year: 2000, avg: 50 }, { name: 'May', year: 2001, avg: 59 })
  assert.equal(
    sentenceText(describeClimate(averages), 'May', 'C'),
    'May 2001: 15.0 °C, 5.0 °C above the mean of 1 May',
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
    /1\.0 °F above the mean of 1 January$/,
  )
})

test('a month alone and a month without data say so', () => {
  const climate = describeClimate(averagesOf({ name: 'January', year: 1990, avg: -0.04 }))
  assert.equal(sentenceText(climate, 'January', 'F'), 'January 1990: 0.0 °F, the only January so far')
  assert.equal(sentenceText(climate, 'February', 'F'), 'February: no data yet')
})

test('a number says where it comes from', () => {
  const { markup } = sentences(
    describeClimate(averagesOf({ name: 'January', year: 2010, avg: 37.3, count: 12 })),
    'F',
  )
  assert.match(markup, /href="evidence\/January\/2010" aria-describedby="origin-January">37\.3 °F</)
  assert.match(markup, /12 of 31 days counted, 2010-01-01 to 2010-01-12; partition-2\.json</)
  assert.doesNotMatch(markup, /offset/)
})

test('months without data are named together in one sentence, and without any data there is none', () => {
  const { markup } = sentences(
    describeClimate(
      averagesOf({ name: 'January', year: 2010, avg: 37 }, { name: 'July', year: 2009, avg: 80 }),
    ),
    'F',
  )
  assert.match(markup, /No data yet: February to June, August to December\.</)
  assert.equal(markup.match(/No data yet/g)?.length, 1)
  assert.equal(sentences(describeClimate(averagesOf()), 'F').markup, '')
})

test('the plurals of the months are English', () => {
  assert.deepEqual(monthNames.map(plural), [
    ...['Januaries', 'Februaries', 'Marches', 'Aprils', 'Mays', 'Junes', 'Julys', 'Augusts'],
    ...['Septembers', 'Octobers', 'Novembers', 'Decembers'],
  ])
})
