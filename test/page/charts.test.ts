import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHTML } from 'linkedom/worker'
import { monthNames } from '../../files/lib/weather/calendar.ts'
import { describeClimate } from '../../files/page/climate.ts'
import { classCount, makeColourScale } from '../../files/page/colours.ts'
import { statsFragments } from '../../files/page/fragments.ts'
import { heatMap } from '../../files/page/heat-map.ts'
import { yearLines } from '../../files/page/year-lines.ts'
import { averagesOf } from '../support/climate.ts'

function history(years: number, first = 1869) {
  return averagesOf(
    ...monthNames.flatMap((name, month) =>
      Array.from({ length: years }, (_, i) => ({ name, year: first + i, avg: month * 5 + (i % 7) - 40 })),
    ),
  )
}

test('up to 160 years are shown whole; of 8,000 the last 150, and that is said', () => {
  assert.equal(describeClimate(history(155)).years.length, 155)
  const climate = describeClimate(history(8000, 1990))
  assert.deepEqual([climate.years.length, climate.years[0], climate.years.at(-1)], [150, 9840, 9989])
  const fragments = statsFragments(climate, 'F')
  assert.match(fragments.get('years')!, /The last 150 of 8,000 years are shown, 9840 to 9989/)
  const bytes = [...fragments.values()].reduce((sum, markup) => sum + Buffer.byteLength(markup), 0)
  assert.ok(bytes < 500_000, `${bytes}`)
})

test('the heat map has a cell for each month, those above their mean red, those below blue, and a dot for missing days', () => {
  const climate = describeClimate(
    averagesOf(
      { name: 'January', year: 2000, avg: 20 },
      { name: 'January', year: 2001, avg: 30 },
      { name: 'March', year: 2001, avg: 30, count: 3 },
    ),
  )
  const { markup } = heatMap(climate, 'F')
  const cells = [...markup.matchAll(/<path class="c(\d)" d="([^"]+)"/g)].map(([, colour, d]) => [
    colour,
    d!.split('M').length - 1,
  ])
  assert.deepEqual(cells, [
    ['1', 1],
    ['4', 1],
    ['7', 1],
  ])
  assert.equal(markup.match(/<circle/g)?.length, 1)
})

test('colours are symmetric about the mean and have round steps', () => {
  const scale = makeColourScale([-9, -3, 0, 3, 9], 'F')
  assert.equal(scale.step, 2)
  for (const apart of [0, 0.5, 2, 5, 9, 50])
    assert.equal(scale.classOf(apart) + scale.classOf(-apart), classCount - 1)
  assert.equal(scale.classOf(50), classCount - 1)
  assert.ok(makeColourScale([], 'C').step > 0)
})

test('a line is broken where a month is missing, and the newest year is apart from the others', () => {
  const climate = describeClimate(
    averagesOf(
      { name: 'January', year: 2000, avg: 20 },
      { name: 'January', year: 2001, avg: 30 },
      { name: 'March', year: 2001, avg: 40 },
      { name: 'April', year: 2001, avg: 50 },
    ),
  )
  const { document } = parseHTML(`<body>${yearLines(climate, 'F').markup}</body>`)
  const newest = document.querySelector('.newest path')
  assert.equal(newest.getAttribute('data-year'), '2001')
  assert.match(newest.getAttribute('d'), /^M[^L]+M[^L]+L[^LM]+$/)
  assert.equal(document.querySelectorAll('.older path').length, 1)
})

test('every fragment of every history is well formed: as many tags open as close', () => {
  for (const averages of [averagesOf(), history(1), history(3), history(155)]) {
    for (const unit of ['F', 'C'] as const) {
      for (const [name, markup] of statsFragments(describeClimate(averages), unit)) {
        assert.doesNotMatch(markup, /NaN|undefined|\[object|Infinity/, name)
        const open = markup.match(/<[a-z][^>]*>/gi)?.filter((tag) => !tag.endsWith('/>')).length ?? 0
        const closed = markup.match(/<\//g)?.length ?? 0
        assert.equal(open, closed, name)
      }
    }
  }
})

test('the table has each number with its days, newest first, in the decade it belongs to', () => {
  const fragments = statsFragments(describeClimate(history(12, 1995)), 'F')
  assert.deepEqual(
    [...fragments.keys()].filter((name) => name.startsWith('table-')),
    ['table-head', 'table-2000', 'table-1990'],
  )
  const { document } = parseHTML(`<table><tbody>${fragments.get('table-2000')}</tbody></table>`)
  const row = document.querySelector('tr')
  assert.equal(row.id, 'y2006')
  const cell = row.querySelectorAll('td')[1]
  assert.deepEqual(
    [cell.textContent, cell.getAttribute('title')],
    ['−31.0', '2006-02-01 to 2006-02-28, 28 of 28 days'],
  )
  assert.match(fragments.get('table-head')!, /title="partition 2, partition-2\.json, offset 4,117"/)
})
