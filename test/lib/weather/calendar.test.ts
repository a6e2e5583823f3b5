import assert from 'node:assert/strict'
import test from 'node:test'
import {
  type CalendarDay,
  daysInMonth,
  formatDate,
  monthName,
  monthNames,
  nextDay,
  parseDate,
} from '../../../files/lib/weather/calendar.ts'

const dayMs = 24 * 60 * 60 * 1000

test('every day from 1970 to 2100 has the date and the next day that Date gives it', () => {
  let day: CalendarDay | undefined = { year: 1970, month: 1, day: 1 }
  for (let ms = 0; ms < Date.UTC(2101, 0); ms += dayMs) {
    const text = new Date(ms).toISOString().slice(0, 10)
    assert.equal(formatDate(day!), text)
    assert.deepEqual(parseDate(text), day)
    day = nextDay(day!)
  }
  assert.deepEqual(day, { year: 2101, month: 1, day: 1 })
})

test('years have the days that the rule of the Gregorian calendar gives them, from 1 to 9999', () => {
  const leapYears = [4, 96, 400, 1600, 1904, 1996, 2000, 2024, 2400, 9996]
  const commonYears = [1, 100, 1700, 1800, 1900, 1999, 2023, 2100, 2200, 2300, 9999]
  assert.deepEqual(
    leapYears.filter((year) => daysInMonth(year, 2) !== 29),
    [],
  )
  assert.deepEqual(
    commonYears.filter((year) => daysInMonth(year, 2) !== 28),
    [],
  )
  // 400 years have 97 leap days, wherever they begin.
  const days = (from: number) =>
    Array.from({ length: 400 * 12 }, (_, i) => daysInMonth(from + Math.floor(i / 12), 1 + (i % 12)))
  for (const from of [1, 1582, 1990, 9600])
    assert.equal(
      days(from).reduce((sum, count) => sum + count, 0),
      146_097,
    )
})

test('walking from the first day to the last takes each day once', () => {
  let count = 0
  for (let day: CalendarDay | undefined = { year: 1, month: 1, day: 1 }; day; day = nextDay(day)) count++
  assert.equal(count, (Date.parse('9999-12-31') - Date.parse('0001-01-01')) / dayMs + 1)
})

test('nextDay gives nothing after 9999-12-31', () => {
  assert.equal(nextDay({ year: 9999, month: 12, day: 31 }), undefined)
  assert.deepEqual(nextDay({ year: 9999, month: 12, day: 30 }), { year: 9999, month: 12, day: 31 })
})

test('dates of early years have four digits', () => {
  assert.equal(formatDate({ year: 1, month: 2, day: 3 }), '0001-02-03')
  assert.deepEqual(parseDate('0001-02-03'), { year: 1, month: 2, day: 3 })
})

test('parseDate gives nothing for what is no day of the calendar, or is written otherwise', () => {
  const none = [
    '',
    '2001-02-29',
    '1900-02-29',
    '2000-02-30',
    '2001-04-31',
    '2001-13-01',
    '2001-00-01',
    '2001-01-00',
    '2001-01-32',
    '0000-01-01',
  ]
  const otherwise = [
    '2001-1-1',
    '01-01-01',
    '20010101',
    '2001/01/01',
    '2001-01-01T00:00',
    ' 2001-01-01',
    '2001-01-01\n',
    '-001-01-01',
    '10000-01-01',
    '２００１-01-01',
    '2001-01-0x',
  ]
  for (const text of [...none, ...otherwise]) assert.equal(parseDate(text), undefined, JSON.stringify(text))
})

test('months have their English names', () => {
  const names = Array.from({ length: 12 }, (_, month) =>
    new Date(2000, month, 15).toLocaleString('en', { month: 'long' }),
  )
  assert.deepEqual([...monthNames], names)
  assert.deepEqual(
    names.map((_, index) => monthName(index + 1)),
    names,
  )
})
