import assert from 'node:assert/strict'
import test from 'node:test'
import { parseHTML } from 'linkedom/worker'
import { drawMonthChart } from '../../files/lib/results/month-chart.ts'
import type { Source } from '../../files/lib/weather/source.ts'
import { describeClimate } from '../../files/page/climate.ts'
import { statsFragments } from '../../files/page/fragments.ts'
import { formatStatsCsv } from '../../files/page/stats-csv.ts'
import { averagesOf } from '../support/climate.ts'

const averages = averagesOf(
  { name: 'January', year: 1869, avg: 38.9 },
  { name: 'January', year: 2020, avg: 41.4, count: 3 },
)
const park: Source = {
  ...{ kind: 'observed', name: 'Central Park, New York', id: 'USW00094728', dataset: 'NOAA GHCN-Daily' },
  ...{ latitude: 40.77898, longitude: -73.96925, elevation: 42.7, unit: 'tenths' },
}

function textsOf(source: Source | undefined, unit: 'F' | 'C' = 'F', of = averages) {
  const fragments = statsFragments(describeClimate(of, { source }), unit)
  const text = (name: string) =>
    parseHTML(`<body><div>${fragments.get(name)}</div></body>`).document.querySelector('div').textContent
  return { heading: text('heading'), source: text('source'), title: text('title') }
}

test('the page is headed by the station, its years, its archive, its place, and the unit shown', () => {
  assert.deepEqual(textsOf(park, 'C'), {
    heading: 'Central Park, New York',
    source: '1869 to 2020, NOAA GHCN-Daily, °C (USW00094728, 40.7790° N 73.9693° W, 43 m)',
    title: 'Central Park, New York, 1869 to 2020, NOAA GHCN-Daily – Almanac',
  })
  assert.equal(textsOf({ kind: 'observed', id: 'USW00094728' }).heading, 'Station USW00094728')
})

test('generated weather is called so, and days of unknown origin are called neither', () => {
  assert.deepEqual(textsOf({ kind: 'synthetic', name: 'Madison, Wisconsin' }), {
    heading: 'Almanac',
    source: 'synthetic weather after Madison, Wisconsin, 1869 to 2020, °F',
    title: 'synthetic weather after Madison, Wisconsin, 1869 to 2020 – Almanac',
  })
  assert.deepEqual(textsOf(undefined), {
    heading: 'Almanac',
    source: '1869 to 2020, °F; where the days come from was not noted.',
    title: 'Almanac',
  })
  assert.deepEqual(textsOf(undefined, 'C', new Map()), { heading: 'Almanac', source: '°C', title: 'Almanac' })
})

test('the chart says whose days it shows, and nothing when that is not known', () => {
  assert.match(
    drawMonthChart(averages, { source: park }),
    />Central Park, New York, 1869 to 2020, NOAA GHCN-Daily</,
  )
  assert.doesNotMatch(drawMonthChart(averages), /1869/)
})

test('a station that calls itself like a month of the chart does not stand for its label', () => {
  const chart = drawMonthChart(averages, { source: { kind: 'observed', name: 'January-1994 Hill' } })
  assert.equal(/January-(\d+)/.exec(chart)?.[1], '2020')
  assert.match(chart, />January 1994 Hill, /)
})

test('names of every kind stand as text in page, chart and stats.csv, and change none of their structure', () => {
  const names = [
    'a<b>&"\'',
    '</title><script>x()</script>',
    'x,"y"',
    "O'Hare & Söhne, 京都",
    'W'.repeat(80),
    ']]>',
  ]
  const plain = statsFragments(describeClimate(averages, { source: { kind: 'observed', name: 'A' } }), 'F')
  // A name cut short in the chart is there in full as its title.
  const tags = (markup: string) =>
    markup
      .match(/<\/?[a-z]+/g)
      ?.filter((tag) => !tag.endsWith('title'))
      .join()
  for (const name of names) {
    const source: Source = { kind: 'observed', name, id: 'A1' }
    const climate = describeClimate(averages, { source })
    for (const [part, markup] of statsFragments(climate, 'F'))
      if (part !== 'source') assert.equal(tags(markup), tags(plain.get(part)!), `${name} in ${part}`)
    assert.equal(textsOf(source).heading, name)
    const { document } = parseHTML(drawMonthChart(averages, { source }))
    const texts = [...document.querySelectorAll('text')].map(({ textContent }) => textContent.trim())
    assert.ok(
      texts.some((text) => text.startsWith(name.slice(0, 30))),
      `${name} in ${texts}`,
    )
    const row = formatStatsCsv(climate).split('\r\n')[1]!
    assert.equal(row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)!.filter((field) => field !== '').length >= 13, true)
    assert.ok(
      row.includes(name.includes(',') || name.includes('"') ? `"${name.replaceAll('"', '""')}"` : name),
    )
  }
})
