import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Bar, drawBarChart } from '../../../files/lib/results/chart.ts'
import { readMonthAverages } from '../../../files/lib/results/month-averages.ts'
import { drawMonthChart } from '../../../files/lib/results/month-chart.ts'

const golden = join(import.meta.dirname, '../../golden')
const texts = { title: 'Title', subtitle: 'Subtitle', yLabel: 'Avg. Max Temperature', unit: '°F' }

for (const entry of readdirSync(golden, { withFileTypes: true })) {
  if (!entry.isDirectory()) continue
  test(`drawMonthChart draws test/golden/${entry.name} as committed (\`npm run svg\` draws it again)`, () => {
    const folder = join(golden, entry.name)
    const chart = drawMonthChart(readMonthAverages(folder))
    assert.equal(chart, readFileSync(join(folder, 'month.svg'), 'utf8'))
  })
}

test('the committed example is the chart of test/golden/whole', () => {
  const example = readFileSync(join(import.meta.dirname, '../../../files/month.svg'), 'utf8')
  assert.equal(example, readFileSync(join(golden, 'whole/month.svg'), 'utf8'))
})

test('drawMonthChart mentions each month with one year only, the newest', () => {
  const chart = drawMonthChart(readMonthAverages(join(golden, 'whole')))
  assert.deepEqual(years(chart, 'January'), ['1994'])
  assert.deepEqual(years(chart, 'February'), ['1993'])
  assert.deepEqual(years(chart, 'March'), ['1993'])
})

test('drawMonthChart has tick labels and y label as the plain text of one element each', () => {
  const labels = textContents(drawMonthChart(readMonthAverages(join(golden, 'whole'))))
  for (const label of ['January-1994', 'February-1993', 'March-1993', 'Avg. Max Temperature']) {
    assert.equal(labels.filter((text) => text === label).length, 1, label)
  }
})

test('drawMonthChart labels a bar with its average, and an incomplete month with its days', () => {
  const labels = textContents(drawMonthChart(readMonthAverages(join(golden, 'whole'))))
  const file = JSON.parse(readFileSync(join(golden, 'whole/partition-2.json'), 'utf8'))
  assert.ok(labels.includes(`${file.January['1994'].avg.toFixed(1)} °F`), labels.join(', '))
  assert.equal(labels.filter((text) => /^\d+ of \d+ days$/.test(text)).join(), '12 of 31 days')
})

test('drawMonthChart names the command that supplies a month without data', () => {
  const labels = textContents(drawMonthChart(new Map()))
  assert.deepEqual(
    labels.filter((text) => text.startsWith('node ')),
    ['node files/consumer.ts 2', 'node files/consumer.ts 1', 'node files/consumer.ts 0'],
  )
  assert.ok(labels.some((text) => text.startsWith('There is no data yet')))
})

test('drawBarChart lets bars begin at zero, and negative ones go down from it', () => {
  const bars: Bar[] = [
    { label: 'up', value: 40 },
    { label: 'down', value: -20 },
  ]
  const [up, down] = rectangles(drawBarChart(bars, texts))
  assert.ok(up && down)
  assert.ok(Math.abs(up.y + up.height - down.y) < 0.1, 'both touch the zero line')
  assert.ok(Math.abs(up.height / down.height - 2) < 0.01, 'heights are in the proportion of the values')
})

test('drawBarChart writes a negative value that rounds to zero without a sign', () => {
  const labels = textContents(drawBarChart([{ label: 'a', value: -0.02 }], texts))
  assert.ok(labels.includes('0.0 °F'), labels.join(', '))
})

test('drawBarChart keeps every tag closed, whatever the values', () => {
  for (const value of [undefined, 0, -1e300, 1e300, 12_345_678, 0.04, Number.MIN_VALUE]) {
    assertBalanced(drawBarChart([{ label: 'a < b & "c"', value, absent: ['<no>', '&'] }], texts))
  }
})

test('drawBarChart draws the same bytes twice, without script, link or identifier', () => {
  const bars: Bar[] = [{ label: 'a', value: 1, note: 'partly' }]
  const chart = drawBarChart(bars, texts)
  assert.equal(chart, drawBarChart(bars, texts))
  assert.doesNotMatch(chart, /<script|href=|url\(|\bid=|@import|@font-face/)
  assert.match(chart, /^<svg[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
})

function years(chart: string, month: string): string[] {
  return [...new Set(Array.from(chart.matchAll(new RegExp(`${month}-(\\d+)`, 'g')), (match) => match[1]!))]
}

function textContents(chart: string): string[] {
  return Array.from(chart.matchAll(/<text[^>]*>([^<]*)<\/text>/g), (match) => match[1]!)
}

function rectangles(chart: string): { y: number; height: number }[] {
  const bars = /<g[^>]*class="bar"[^>]*>([\s\S]*?)<\/g>/.exec(chart)?.[1] ?? ''
  const attribute = (tag: string, name: string) => Number(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1])
  return Array.from(bars.matchAll(/<rect[^>]*>/g), ([tag]) => ({
    y: attribute(tag, 'y'),
    height: attribute(tag, 'height'),
  }))
}

function assertBalanced(chart: string): void {
  const open: string[] = []
  for (const [, close, name, self] of chart.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close) assert.equal(open.pop(), name)
    else if (!self) open.push(name!)
  }
  assert.deepEqual(open, [])
  assert.doesNotMatch(chart, /&(?!amp;|lt;|gt;|quot;|#)|NaN|undefined/)
}
