import assert from 'node:assert/strict'
import test from 'node:test'
import {
  type Checkpoint,
  emptyCheckpoint,
  formatCheckpoint,
  monthTable,
} from '../../../files/lib/stats/checkpoint.ts'
import { parseCheckpoint } from '../../../files/lib/stats/parse-checkpoint.ts'
import { addDay } from '../../../files/lib/stats/stats.ts'
import { type MonthName, monthNames } from '../../../files/lib/weather/calendar.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const textOf = (checkpoint: Checkpoint) => Buffer.concat(formatCheckpoint(checkpoint)).toString()

function add(checkpoint: Checkpoint, month: MonthName, year: number, day: number, degrees: number) {
  assert.equal(addDay(monthTable(checkpoint, month), year, day, degrees), 'counted')
}

test('the first version of a partition file has partition and offset alone', () => {
  assert.deepEqual(JSON.parse(textOf(emptyCheckpoint(3))), { partition: 3, offset: 0 })
})

test('formatCheckpoint writes the partition file of the contract', () => {
  const checkpoint = { ...emptyCheckpoint(2), offset: 4117 }
  for (let day = 1; day <= 31; day++) add(checkpoint, 'January', 1990, day, day === 1 ? 29 : 19)
  assert.deepEqual(JSON.parse(textOf(checkpoint)), {
    partition: 2,
    offset: 4117,
    January: {
      1990: { count: 31, sum: 599, avg: 19.322580645161292, end: '1990-01-31', start: '1990-01-01' },
    },
  })
})

test('formatCheckpoint writes years as four digits and nothing at the top but partition, offset and months', () => {
  const checkpoint = emptyCheckpoint(0)
  for (const year of [9999, 1, 128, 20, 127]) for (const name of monthNames) add(checkpoint, name, year, 2, 7)
  const file = JSON.parse(textOf(checkpoint))
  assert.deepEqual(Object.keys(file), ['partition', 'offset', ...monthNames])
  assert.deepEqual(Object.keys(file.May).sort(), ['0001', '0020', '0127', '0128', '9999'])
  assert.deepEqual(file.May['0020'], { count: 1, sum: 7, avg: 7, start: '0020-05-02', end: '0020-05-02' })
})

test('formatCheckpoint leaves out a month in which nothing was counted', () => {
  const checkpoint = emptyCheckpoint(0)
  monthTable(checkpoint, 'March')
  assert.deepEqual(JSON.parse(textOf(checkpoint)), { partition: 0, offset: 0 })
})

test('a year that changes makes new text for the years around it alone', () => {
  const checkpoint = emptyCheckpoint(0)
  for (let year = 1; year <= 9999; year++)
    for (const name of ['May', 'June'] as const) add(checkpoint, name, year, 1, year)
  // Short pieces are commas and names.
  const before = new Set(formatCheckpoint(checkpoint))
  const made = () => formatCheckpoint(checkpoint).filter((piece) => piece.length > 100 && !before.has(piece))
  assert.equal(made().length, 0)
  add(checkpoint, 'June', 5000, 2, 60)
  checkpoint.offset = 12
  const after = made()
  assert.equal(after.length, 1)
  assert.match(after[0]!.toString(), /"5000": \{"count": 2, "sum": 5060, /)
  const file = JSON.parse(textOf(checkpoint))
  assert.deepEqual([file.offset, file.June[5000].count, file.May[5000].count], [12, 2, 1])
})

test('numbers of any size are read back the same', () => {
  const sums = [1e21, -1e21, 1e308, 5e-324, 0.1 + 0.2, 1 / 3, 123456789.12345679, 2 ** 53, -0.0001, 1e-7]
  const checkpoint = emptyCheckpoint(1)
  checkpoint.offset = sums.length
  for (const [index, sum] of sums.entries()) add(checkpoint, 'July', index + 1, 1, sum)
  const again = parseCheckpoint(textOf(checkpoint), 1, 'file')
  assert.deepEqual([...again.months.get('July')!.sums.subarray(1, sums.length + 1)], sums)
  assert.equal(textOf(again), textOf(checkpoint))
})

test('a sum of -0, which only other programs write, is 0', () => {
  const text =
    '{"partition": 1, "offset": 1, "July": {"1990": {"count": 1, "sum": -0, "avg": -0.0, "end": "1990-07-01", "start": "1990-07-01"}}}'
  const checkpoint = parseCheckpoint(text, 1, 'file')
  assert.equal(JSON.parse(textOf(checkpoint)).July[1990].sum, 0)
  assert.equal(addDay(monthTable(checkpoint, 'July'), 1990, 2, 5), 'counted')
})

test('offsets up to 2^53 - 1 are kept exactly', () => {
  for (const offset of [0, 1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
    const text = textOf({ ...emptyCheckpoint(0), offset })
    assert.equal(parseCheckpoint(text, 0, 'file').offset, offset)
    assert.match(text, new RegExp(`"offset": ${offset}\\b`))
  }
})

test('a file is read whatever the order of its keys and its spaces', () => {
  const text =
    '{"May":{"1990":{"start":"1990-05-02","end":"1990-05-03","avg":2,"sum":4,"count":2}},"offset":9,"partition":3}'
  assert.deepEqual(JSON.parse(textOf(parseCheckpoint(text, 3, 'file'))), JSON.parse(text))
  assert.deepEqual(
    JSON.parse(textOf(parseCheckpoint(JSON.stringify(JSON.parse(text), null, 4), 3, 'file'))),
    JSON.parse(text),
  )
})

test('random days go to the file and back, and then count on as if they had never left', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  for (let run = 0; run < 40; run++) {
    const checkpoint = emptyCheckpoint(run % 4)
    const counted = new Map<string, { days: number[]; degrees: number[] }>()
    let through = checkpoint
    for (let i = upTo(3000); i > 0; i--) {
      const [year, month, day] = [1 + upTo(run % 2 ? 9999 : 20), 1 + upTo(12), 1 + upTo(28)]
      const degrees = upTo(2000) / 7 - 50
      const key = `${monthNames[month - 1]} ${year}`
      const stats = counted.get(key) ?? { days: [], degrees: [] }
      counted.set(key, stats)
      if (day > (stats.days.at(-1) ?? 0)) {
        stats.days.push(day)
        stats.degrees.push(degrees)
      }
      addDay(monthTable(through, monthNames[month - 1]!), year, day, degrees)
      through.offset++
      if (random() < 0.003) through = parseCheckpoint(textOf(through), run % 4, 'file')
    }
    const expected: Record<string, Record<string, object>> = {}
    for (const [key, { days, degrees }] of counted) {
      const [name, year] = [key.split(' ')[0]!, key.split(' ')[1]!.padStart(4, '0')]
      const month = String(monthNames.indexOf(name as MonthName) + 1).padStart(2, '0')
      const dateOf = (day: number | undefined) => `${year}-${month}-${String(day).padStart(2, '0')}`
      const sum = degrees.reduce((sum, value) => sum + value, 0)
      const stats = {
        count: days.length,
        sum,
        avg: sum / days.length,
        start: dateOf(days[0]),
        end: dateOf(days.at(-1)),
      }
      expected[name] = { ...expected[name], [year]: stats }
    }
    assert.deepEqual(JSON.parse(textOf(through)), { partition: run % 4, offset: through.offset, ...expected })
  }
})
