import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHTML } from 'linkedom/worker'
import { monthNames } from '../../files/lib/weather/calendar.ts'
import { describeClimate } from '../../files/page/climate.ts'
import { classCount, makeColourScale } from '../../files/page/colours.ts'
import { statsFragments } from '../../files/page/fragments.ts'
import { heatMap } from '../../files/page/heat-map.ts'
import { axisOf } from '../../files/page/value-axis.ts'
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
  const { markup } = heatMap(climate, 'F')!.plot
  const cells = [...markup.matchAll(/<path class="cell c(\d)" d="([^"]+)"/g)].map(([, colour, d]) => [
    colour,
    d!.split('M').length - 1,
  ])
  assert.deepEqual(cells, [
    ['1', 1],
    ['4', 1],
    ['7', 1],
  ])
  const [, dots] = /class="dots" d="([^"]+)"/.exec(markup)!
  assert.equal(dots!.match(/M/g)?.length, 1)
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
  const { document } = parseHTML(`<body>${yearLines(climate, 'F')!.plot.markup}</body>`)
  const newest = document.querySelector('.newest path')
  assert.equal(newest.getAttribute('data-year'), '2001')
  assert.match(newest.getAttribute('d'), /^M[^L]+M[^L]+L[^LM]+$/)
  assert.equal(document.querySelectorAll('.older path').length, 1)
})

test('an axis holds all values, and has a height when they are all the same round number', () => {
  for (const values of [[0], [50], [50, 50], [-10], [0, 100], [-0.4, 0.3], [1e6]]) {
    const { low, high, step } = axisOf(values)
    assert.ok(low < high && step > 0, `${values}: ${low} ${high} ${step}`)
    assert.ok(low <= Math.min(...values) && high >= Math.max(...values), `${values}: ${low} ${high}`)
  }
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
    ['−31.0', '28 of 28 days counted, 2006-02-01 to 2006-02-28'],
  )
  const head = fragments.get('table-head')!
  assert.match(head, /data-origin="partition-2\.json"/)
  assert.doesNotMatch(head, /4,117/)
})

test('a year has a mean and a stripe once each of its months is whole enough by WMO’s rule', () => {
  const months = monthNames.map((name) => ({
    name,
    year: 2001,
    avg: 50,
    ...(name === 'May' && { count: 27 }),
  }))
  const cellOf = (given: typeof months) => {
    const fragments = statsFragments(describeClimate(averagesOf(...given)), 'F')
    const { document } = parseHTML(`<table><tbody>${fragments.get('table-2000')}</tbody></table>`)
    return { mean: document.querySelector('td:last-child').textContent, stripes: fragments.get('stripes')! }
  }
  const whole = cellOf(months)
  assert.equal(whole.mean, '50.0')
  assert.equal(whole.stripes.match(/<rect/g)?.length, 1)
  assert.deepEqual(cellOf(months.slice(0, 4)), { mean: '', stripes: '' })
  assert.equal(cellOf(months.map((month) => (month.count ? { ...month, count: 26 } : month))).mean, '')
})

test('the numbers and their means are exact enough that their difference is what the colours say', () => {
  const averages = averagesOf(
    { name: 'January', year: 2000, avg: 30.04 },
    { name: 'January', year: 2001, avg: 30.06 },
    { name: 'January', year: 2002, avg: 31.14 },
  )
  for (const unit of ['F', 'C'] as const) {
    const fragments = statsFragments(describeClimate(averages), unit)
    const mean = Number(/data-mean="([^"]+)"/.exec(fragments.get('table-head')!)![1])
    const cells = [...fragments.get('table-2000')!.matchAll(/data-exact="([^"]+)"/g)].map(([, text]) =>
      Number(text),
    )
    const scale = unit === 'F' ? 1 : 5 / 9
    for (const [index, avg] of [31.14, 30.06, 30.04].entries())
      assert.ok(Math.abs(cells[index]! - mean - (avg - 91.24 / 3) * scale) < 2e-4)
    assert.match(
      fragments.get('table-head')!,
      /data-base="the mean of 3 complete Januaries, (30\.4 °F|−0\.9 °C)"/,
    )
  }
})
