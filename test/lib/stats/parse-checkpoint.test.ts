import assert from 'node:assert/strict'
import test from 'node:test'
import { OperatingError } from '../../../files/lib/core/program.ts'
import { emptyCheckpoint, formatCheckpoint, monthTable } from '../../../files/lib/stats/checkpoint.ts'
import { parseCheckpoint } from '../../../files/lib/stats/parse-checkpoint.ts'
import { addDay } from '../../../files/lib/stats/stats.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const stats = { count: 2, sum: 30, avg: 15, end: '1990-01-03', start: '1990-01-01' }
const withStats = (changes: object) =>
  JSON.stringify({ partition: 2, offset: 5, January: { 1990: { ...stats, ...changes } } })
const withTop = (changes: object) =>
  JSON.stringify({ partition: 2, offset: 5, January: { 1990: stats }, ...changes })

const cases: [what: string, text: string, key: string, found: string, expected: string][] = [
  ['an empty file', '', 'the file', "''", 'JSON'],
  ['a file cut short', withStats({}).slice(0, -30), 'the file', `'{"partition":2,"offset":5,`, 'JSON'],
  ['zeros after a power cut', '\0'.repeat(9), 'the file', `'${'\\u0000'.repeat(9)}'`, 'JSON'],
  ['an array', '[]', 'the file', '[]', 'an object'],
  ['null', 'null', 'the file', 'null', 'an object'],
  ['a number', '7', 'the file', '7', 'an object'],
  ['another partition', withTop({ partition: 3 }), 'partition', '3', '2'],
  ['no partition', withTop({ partition: undefined }), 'partition', 'missing', '2'],
  ['a partition as text', withTop({ partition: '2' }), 'partition', "'2'", '2'],
  ['no offset', withTop({ offset: undefined }), 'offset', 'missing', 'a whole number, 0 or more'],
  ['an offset below 0', withTop({ offset: -1 }), 'offset', '-1', 'a whole number, 0 or more'],
  ['half an offset', withTop({ offset: 0.5 }), 'offset', '0.5', 'a whole number, 0 or more'],
  ['an offset as text', withTop({ offset: '5' }), 'offset', "'5'", 'a whole number, 0 or more'],
  [
    'an offset past what numbers hold exactly',
    withTop({ offset: 2 ** 53 }),
    'offset',
    '9007199254740992',
    'a whole number, 0 or more',
  ],
  [
    'an infinite offset',
    '{"partition": 2, "offset": 1e999}',
    'offset',
    'Infinity',
    'a whole number, 0 or more',
  ],
  [
    'a key that is no month',
    withTop({ january: {} }),
    "'january'",
    '{}',
    'only partition, offset and names of months as keys',
  ],
  [
    '__proto__ as a key',
    '{"partition": 2, "offset": 5, "__proto__": {}}',
    "'__proto__'",
    '{}',
    'only partition, offset and names of months as keys',
  ],
  ['a month that is no object', withTop({ January: [] }), 'January', '[]', 'an object'],
  ['a month that is null', withTop({ January: null }), 'January', 'null', 'an object'],
  [
    'a year of two digits',
    withTop({ January: { 90: stats } }),
    'January.90',
    "'90'",
    'a year, 0001 to 9999, as key',
  ],
  [
    'year 0000',
    withTop({ January: { '0000': stats } }),
    'January.0000',
    "'0000'",
    'a year, 0001 to 9999, as key',
  ],
  [
    'a year of five digits',
    withTop({ January: { 10000: stats } }),
    'January.10000',
    "'10000'",
    'a year, 0001 to 9999, as key',
  ],
  ['a year that is no object', withTop({ January: { 1990: 7 } }), 'January.1990', '7', 'an object'],
  [
    'no start',
    withStats({ start: undefined }),
    'January.1990.start',
    'missing',
    'a date of January 1990, YYYY-MM-DD',
  ],
  [
    'a start in another month',
    withStats({ start: '1990-02-01' }),
    'January.1990.start',
    "'1990-02-01'",
    'a date of January 1990, YYYY-MM-DD',
  ],
  [
    'an end in another year',
    withStats({ end: '1991-01-03' }),
    'January.1990.end',
    "'1991-01-03'",
    'a date of January 1990, YYYY-MM-DD',
  ],
  [
    'an end that is no day',
    withStats({ end: '1990-01-32' }),
    'January.1990.end',
    "'1990-01-32'",
    'a date of January 1990, YYYY-MM-DD',
  ],
  [
    'an end that is no date',
    withStats({ end: 19900103 }),
    'January.1990.end',
    '19900103',
    'a date of January 1990, YYYY-MM-DD',
  ],
  [
    'a start after the end',
    withStats({ start: '1990-01-04' }),
    'January.1990.start',
    "'1990-01-04'",
    'a date not after end, 1990-01-03',
  ],
  [
    'a count of 0',
    withStats({ count: 0 }),
    'January.1990.count',
    '0',
    'a whole number from 1 to 3, the days from start to end',
  ],
  [
    'a count above the days',
    withStats({ count: 4 }),
    'January.1990.count',
    '4',
    'a whole number from 1 to 3, the days from start to end',
  ],
  [
    'half a count',
    withStats({ count: 1.5 }),
    'January.1990.count',
    '1.5',
    'a whole number from 1 to 3, the days from start to end',
  ],
  [
    'a count as text',
    withStats({ count: '2' }),
    'January.1990.count',
    "'2'",
    'a whole number from 1 to 3, the days from start to end',
  ],
  ['no sum', withStats({ sum: undefined }), 'January.1990.sum', 'missing', 'a number'],
  ['a sum as text', withStats({ sum: '30' }), 'January.1990.sum', "'30'", 'a number'],
  [
    'an infinite sum',
    withStats({}).replace('"sum":30', '"sum":1e999'),
    'January.1990.sum',
    'Infinity',
    'a number',
  ],
  [
    'an average of something else',
    withStats({ avg: 15.000001 }),
    'January.1990.avg',
    '15.000001',
    'sum / count, 15',
  ],
  ['no average', withStats({ avg: undefined }), 'January.1990.avg', 'missing', 'sum / count, 15'],
  [
    'a key unknown to us, which writing would lose',
    withStats({ max: 40 }),
    'January.1990',
    '{"count":2,',
    'count, sum, avg, end and start alone as keys',
  ],
]

for (const [what, text, key, found, expected] of cases) {
  test(`parseCheckpoint refuses ${what}, naming file, key, what was found and expected`, () => {
    assert.throws(
      () => parseCheckpoint(text, 2, '/data/partition-2.json'),
      (error: Error) => {
        assert.ok(error instanceof OperatingError, error.stack)
        assert.ok(error.message.startsWith(`/data/partition-2.json: ${key} is ${found}`), error.message)
        assert.ok(error.message.includes(`: expected ${expected}`), error.message)
        assert.match(error.message, /The file was left as it is\. .*`consumer\.ts 2 --rebuild`/)
        return true
      },
    )
  })
}

test('an error shows 40 characters of what was found at most', () => {
  const text = withTop({ offset: 'x'.repeat(1000) })
  assert.throws(() => parseCheckpoint(text, 2, 'file'), { message: /offset is 'x{40}…': expected/ })
})

test('20,000 texts changed at random are refused, or stand for the same when written again', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  const whole = wholeText()
  const insertions = [
    '"',
    '{',
    '}',
    ',',
    ':',
    '0',
    '9',
    '-',
    'e5',
    '.',
    ' ',
    '\n',
    'null',
    '[]',
    '\\u0030',
    '"May": {},',
  ]
  let accepted = 0
  for (let run = 0; run < 20_000; run++) {
    let text = whole
    for (let changes = 1 + upTo(2); changes > 0; changes--) {
      const [start, length] = [upTo(text.length), upTo(4) === 0 ? upTo(90) : upTo(3)]
      const kind = upTo(3)
      const middle =
        kind === 0
          ? insertions[upTo(insertions.length)]!
          : kind === 1
            ? text.slice(upTo(text.length)).slice(0, length)
            : ''
      text = text.slice(0, start) + middle + text.slice(start + (kind === 0 ? upTo(2) : length))
    }
    try {
      const again = Buffer.concat(formatCheckpoint(parseCheckpoint(text, 2, 'file'))).toString()
      assert.deepEqual(JSON.parse(again), withoutEmptyMonths(JSON.parse(text)), text)
      accepted++
    } catch (error) {
      assert.ok(error instanceof OperatingError, (error as Error).stack)
    }
  }
  t.diagnostic(`${accepted} of 20,000 were accepted`)
  assert.ok(accepted > 100 && accepted < 19_000)
})

function wholeText(): string {
  const checkpoint = { ...emptyCheckpoint(2), offset: 4117 }
  for (const month of ['January', 'April'] as const) {
    for (const year of [1, 1990, 1991])
      for (const day of [1, 2, 5, 28]) addDay(monthTable(checkpoint, month), year, day, day / 7)
  }
  return Buffer.concat(formatCheckpoint(checkpoint)).toString()
}

/** A month without years says nothing, so we do not write it. */
function withoutEmptyMonths(file: object): object {
  const isEmpty = (value: unknown) => typeof value === 'object' && Object.keys(value ?? {}).length === 0
  return Object.fromEntries(Object.entries(file).filter(([, value]) => !isEmpty(value)))
}
