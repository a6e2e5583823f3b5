import assert from 'node:assert/strict'
import test from 'node:test'
import {
  checkPast,
  collectDays,
  dayNumber,
  holdBack,
  inOrder,
  takeDay,
} from '../../../files/lib/observations/days.ts'

/** Days with a value each, dates in the order given. */
function daysOf(...dates: string[]) {
  const days = collectDays({ listSkipped: true })
  for (const [index, date] of dates.entries())
    takeDay(days, dayNumber(date), 50, { source: 'garden.csv', line: index + 2, column: 12 })
  return days
}

const datesOf = (days: ReturnType<typeof daysOf>) => inOrder(days).days.map(({ date }) => date)

test('the newest day is held back while it is not over, wherever in the file it stands', () => {
  for (const dates of [
    ['2024-06-13', '2024-06-14', '2024-06-15'],
    ['2024-06-15', '2024-06-14', '2024-06-13'],
  ]) {
    const days = daysOf(...dates)
    const place = { source: 'garden.csv', line: 2 + dates.indexOf('2024-06-15'), column: 12 }
    assert.deepEqual(holdBack(days, '2024-06-15'), { date: '2024-06-15', place })
    assert.deepEqual(datesOf(days), ['2024-06-13', '2024-06-14'])
    assert.deepEqual([...days.skipped], [['today', 1]])
    assert.deepEqual(days.list, [{ ...place, reason: 'today', date: '2024-06-15' }])
  }
})

test('a day is not held back once its date is over, or a later day is there', () => {
  const over = daysOf('2024-06-14', '2024-06-15')
  assert.equal(holdBack(over, '2024-06-16'), undefined)
  assert.deepEqual(datesOf(over), ['2024-06-14', '2024-06-15'])
  const ahead = daysOf('2024-06-14', '2024-06-15', '2024-06-16')
  assert.equal(holdBack(ahead, '2024-06-15')?.date, '2024-06-16')
  assert.deepEqual(datesOf(ahead), ['2024-06-14', '2024-06-15'])
})

test('a day that has begun nowhere on Earth stops the files, and says what decides', () => {
  checkPast(daysOf('2024-06-15', '2024-06-16'), '2024-06-16')
  assert.throws(() => checkPast(daysOf('2024-06-15', '2024-06-18', '2024-06-17'), '2024-06-16'), {
    name: 'OperatingError',
    message: /^garden\.csv: line 4, column 12: 2024-06-17 lies in the future.*--to 2024-06-16.*--send-today/,
  })
})

test('a later day without a usable value does not say that a day is over', () => {
  const days = daysOf('2024-06-15')
  takeDay(days, dayNumber('2024-06-16'), 50, { source: 'garden.csv', line: 3, column: 12 })
  takeDay(days, dayNumber('2024-06-16'), 60, { source: 'garden.csv', line: 4, column: 12 })
  assert.equal(holdBack(days, '2024-06-15')?.date, '2024-06-15')
})

test('of no days none is held back', () => {
  assert.equal(holdBack(daysOf(), '2024-06-15'), undefined)
})
