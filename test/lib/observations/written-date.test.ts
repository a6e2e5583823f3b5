import assert from 'node:assert/strict'
import test from 'node:test'
import {
  type DateOrder,
  dayOfWritten,
  findDateOrder,
  readWrittenDate,
} from '../../../files/lib/observations/written-date.ts'

function daysOf(texts: string[], asked?: DateOrder) {
  const dates = texts.map((text, index) => readWrittenDate(text, { source: 'f', line: index + 1, column: 1 }))
  const order = findDateOrder(dates, { source: 'f', asked })
  return dates.map((date) => dayOfWritten(date, order))
}

test('the order of a file’s dates is the one in which all of them are days', () => {
  for (const [texts, days] of [
    [
      ['01/02/20', '13/02/20'],
      [20200201, 20200213],
    ],
    [
      ['01/02/20', '02/13/20'],
      [20200102, 20200213],
    ],
    [
      ['1.2.2020', '31.12.2020'],
      [20200201, 20201231],
    ],
    [
      ['1-2-1999', '2-29-2000'],
      [19990102, 20000229],
    ],
    [
      ['2020/1/2', '2020/12/31'],
      [20200102, 20201231],
    ],
    [
      ['02/02/20', '03/03/71', '04/04/70'],
      [20200202, 19710303, 20700404],
    ],
  ] as const)
    assert.deepEqual(daysOf([...texts]), days)
})

test('dates that two orders fit stop it, unless the order is said', () => {
  assert.throws(
    () => daysOf(['02/02/20', '01/02/20']),
    /^OperatingError: f: line 2: '01\/02\/20' may be written day first or month first, .* --date-order dmy or --date-order mdy\./,
  )
  assert.deepEqual(daysOf(['01/02/20'], 'dmy'), [20200201])
  assert.deepEqual(daysOf(['01/02/20'], 'mdy'), [20200102])
  assert.deepEqual(daysOf(['01/02/20'], 'ymd'), [20010220])
})

test('dates of two orders, and dates that are none in the order that is said, stop it', () => {
  assert.throws(() => daysOf(['13/02/20', '02/14/20']), /f: line 2, column 1: '02\/14\/20': expected a day/)
  assert.throws(
    () => daysOf(['2020/02/01', '01/02/2020']),
    /f: line 2, column 1: '01\/02\/2020': expected a day/,
  )
  assert.throws(() => daysOf(['13/02/20'], 'mdy'), /f: line 1, column 1: '13\/02\/20': .* in the order mdy/)
  assert.throws(() => daysOf(['31/02/20']), /f: line 1, column 1: '31\/02\/20'/)
})

test('what is not three numbers is no date', () => {
  for (const text of [
    '',
    '2020',
    '1/2',
    '1/2/3/4',
    '01/02-20',
    '1/2/202',
    '123/1/20',
    '2020/1/2020',
    '1/123/20',
    'a/b/c',
  ])
    assert.throws(() => daysOf([text]), /expected a date, such as 31\/12\/2024/, text)
})
