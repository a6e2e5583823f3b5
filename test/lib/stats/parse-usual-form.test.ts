import assert from 'node:assert/strict'
import test from 'node:test'
import {
  type Checkpoint,
  emptyCheckpoint,
  formatCheckpoint,
  monthTable,
} from '../../../files/lib/stats/checkpoint.ts'
import { parseUsualForm } from '../../../files/lib/stats/parse-usual-form.ts'
import { addDay } from '../../../files/lib/stats/stats.ts'
import { monthNames } from '../../../files/lib/weather/calendar.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const textOf = (checkpoint: Checkpoint) => Buffer.concat(formatCheckpoint(checkpoint)).toString()

function someCheckpoint(random: () => number): Checkpoint {
  const checkpoint = emptyCheckpoint(2)
  const scale = 10 ** Math.floor(random() * 50 - 20)
  for (const name of monthNames) {
    if (random() < 0.5) continue
    const table = monthTable(checkpoint, name)
    for (let year = 1; year <= 9999; year += 1 + Math.floor(random() * 400)) {
      for (let day = 1 + Math.floor(random() * 20); day <= 28; day += 1 + Math.floor(random() * 9)) {
        addDay(table, year, day, random() < 0.2 ? 0 : (random() - 0.5) * scale)
        checkpoint.offset++
      }
    }
  }
  return checkpoint
}

test('parseUsualForm reads what formatCheckpoint writes, and keeps its text', (t) => {
  const random = seededRandom(t)
  for (let round = 0; round < 200; round++) {
    const text = textOf(someCheckpoint(random))
    const parsed = parseUsualForm(text, 2)
    assert.ok(parsed, text)
    assert.equal(textOf(parsed), text)
    // Made again from the tables, not from the text that was kept.
    for (const table of parsed.months.values()) table.changedBlocks.fill(1)
    assert.equal(textOf(parsed), text)
  }
})

test('a year added to a file that was read in the usual form leaves the other years as they were', () => {
  const checkpoint = emptyCheckpoint(2)
  for (const year of [1990, 1991]) addDay(monthTable(checkpoint, 'January'), year, 5, year / 7)
  const parsed = parseUsualForm(textOf(checkpoint), 2)!
  for (const { months } of [checkpoint, parsed]) addDay(months.get('January')!, 1992, 1, 20)
  assert.equal(textOf(parsed), textOf(checkpoint))
})

test('parseUsualForm leaves every other form to JSON: spaces, another order, other keys, numbers that JSON has not', () => {
  const line = '"1990": {"count": 2, "sum": 3, "avg": 1.5, "end": "1990-01-31", "start": "1990-01-02"}'
  const file = (years: string) => `{"partition": 2, "offset": 9,\n"January": {${years}}}\n`
  assert.ok(parseUsualForm(file(line), 2))
  const others = [
    ...['"count": 02', '"count": 1e0', '"count": 99', '"count": 0'].map((count) =>
      line.replace('"count": 2', count),
    ),
    ...['"sum": +3', '"sum": 03', '"sum": 3.', '"sum": .3e1', '"sum": 1e999', '"sum": NaN', '"sum": 0x3'].map(
      (sum) => line.replace('"sum": 3', sum),
    ),
    ...['"avg": 1.6', '"avg": 01.5', '"avg": 1.5 '].map((avg) => line.replace('"avg": 1.5', avg)),
    ...['1990-01-32', '1990-02-31', '1991-01-31', '1990-01-01', '1990-01-3'].map((end) =>
      line.replace('1990-01-31', end),
    ),
    line.replace('1990-01-02', '1990-01-00'),
    line.replace('"1990"', '"0000"').replaceAll('1990-', '0000-'),
    `${line},${line}`,
    `${line},\n${line}`,
    `${line},\n`,
    '',
  ]
  for (const years of others) assert.equal(parseUsualForm(file(years), 2), undefined, years)
  for (const text of [
    `${file(line)} `,
    file(line).trim(),
    ` ${file(line)}`,
    file(line).replace('"January"', '"Smarch"'),
  ])
    assert.equal(parseUsualForm(text, 2), undefined, text)
  assert.equal(parseUsualForm(file(line), 1), undefined)
})
