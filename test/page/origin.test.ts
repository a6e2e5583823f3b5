/* Who touches or clicks a number of a chart is told that number. Where a number stands is read off the chart's axes, as a reader does. */
import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { daysInMonth, monthNames } from '../../files/lib/weather/calendar.ts'
import { closeBrowser, openPage, textOf } from '../support/browser.ts'
import { putPartitionFile, serve } from '../support/pages.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { waitFor } from '../support/wait-for.ts'

after(closeBrowser)

type Random = () => number
/** A month of a year as its partition file has it; `month` from 0. */
type Cell = { year: number; month: number; count: number; sum: number; start: string; end: string }
type Chart = 'heat' | 'lines' | 'stripes'
type Unit = 'F' | 'C'

const [first, last] = [1869, 2023]
const offset = 20_000_000
// Nothing was counted in that month.
const gap = { year: 1900, month: 2 }

function drawCells(random: Random): Cell[] {
  const cells: Cell[] = []
  for (let year = first; year <= last; year++) {
    for (let month = 0; month < 12; month++) {
      if (year === gap.year && month === gap.month) continue
      const count = daysInMonth(year, month + 1)
      // Most years lie near the mean, a few far out, where one line can be told from the others.
      const apart = 30 * (2 * random() - 1) ** 5
      const mean = 45 - 30 * Math.cos((month / 6) * Math.PI) + apart
      const date = (day: number) => new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)
      cells.push({ year, month, count, sum: mean * count, start: date(1), end: date(count) })
    }
  }
  return cells
}

/** A quarter of the year stands in each file. */
const partitionOf = (month: number) => Math.floor(month / 3)

function putCells(folder: string, cells: readonly Cell[], at = offset): void {
  for (const [partition, own] of Map.groupBy(cells, ({ month }) => partitionOf(month))) {
    const months = Map.groupBy(own, ({ month }) => monthNames[month]!)
    const tables = [...months].map(([name, years]) => [name, Object.fromEntries(years.map(stored))])
    putPartitionFile(
      folder,
      partition,
      JSON.stringify({ partition, offset: at, ...Object.fromEntries(tables) }),
    )
  }
}

function stored({ year, count, sum, start, end }: Cell) {
  return [year, { count, sum, avg: sum / count, end, start }]
}

function inUnit(fahrenheit: number, unit: Unit): number {
  return unit === 'F' ? fahrenheit : ((fahrenheit - 32) * 5) / 9
}

function formatted(fahrenheit: number, unit: Unit): string {
  return `${inUnit(fahrenheit, unit).toFixed(1).replace('-', '−')} °${unit}`
}

/** How far a number lies from a mean, both in °F, as the second line has it. */
function apartText(value: number, mean: number, what: string, unit: Unit): string {
  const apart = inUnit(value, unit) - inUnit(mean, unit)
  const text = Math.abs(apart).toFixed(1)
  const base = `the mean of ${what}, ${formatted(mean, unit)}`
  return text === '0.0' ? `equal to ${base}` : `${apart < 0 ? '−' : '+'}${text} °${unit} from ${base}`
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function monthText(cell: Cell, cells: readonly Cell[], unit: Unit): string {
  const { year, month, count, sum, start, end } = cell
  const name = monthNames[month]!
  const own = cells.filter((other) => other.month === month).map((other) => other.sum / other.count)
  const many = name.endsWith('ary') ? `${name.slice(0, -1)}ies` : name === 'March' ? 'Marches' : `${name}s`
  const apart = apartText(sum / count, meanOf(own), `${own.length} complete ${many}`, unit)
  const days = `${count} of ${count} days counted, ${start} to ${end}; partition-${partitionOf(month)}.json`
  return `${name} ${year}: ${formatted(sum / count, unit)}\n${apart}\n${days}\nShow its records`
}

function yearText(cells: readonly Cell[], year: number, unit: Unit): string {
  const means = new Map<number, { count: number; avg: number }>()
  for (const [of, own] of Map.groupBy(cells, (cell) => cell.year)) {
    const [count, sum] = (['count', 'sum'] as const).map((key) =>
      own.reduce((all, cell) => all + cell[key], 0),
    )
    if (own.length === 12) means.set(of, { count: count!, avg: sum! / count! })
  }
  const { count, avg } = means.get(year)!
  const apart = apartText(avg, meanOf([...means.values()].map((of) => of.avg)), `${means.size} years`, unit)
  return `Year ${year}: ${formatted(avg, unit)}\n${apart}\n${count} days counted; all partition files`
}

/** What is written at a chart's axes and where, in pixels from the corner of its plot. */
type Axes = {
  height: number
  years: [year: number, x: number][]
  /** Where it is narrow only each second one is seen. */
  months: { month: number; isSeen: boolean; x: number; y: number }[]
  values: [value: number, y: number][]
}

function readAxes(page: Page, chart: Chart): Promise<Axes> {
  return page.evaluate(`(() => {
    const plot = document.querySelector('#plot-${chart}')
    const corner = plot.getBoundingClientRect()
    const number = (text) => Number.parseFloat(text.replace('−', '-'))
    const middle = (element) => {
      const { x, y, width, height } = element.getBoundingClientRect()
      return { x: x + width / 2 - corner.x, y: y + height / 2 - corner.y }
    }
    const texts = [...plot.closest('.figure').querySelectorAll('text')]
    const values = [...plot.closest('.figure').querySelectorAll('.value')]
    return {
      height: corner.height,
      years: [...plot.closest('.figure').querySelectorAll('.tick')].map((tick) => [number(tick.nextElementSibling.textContent), middle(tick).x]),
      months: texts.filter(({ textContent }) => /^[A-Z][a-z]{2}$/.test(textContent)).map((label, month) => ({ month, isSeen: label.getBoundingClientRect().width > 0, ...middle(label) })),
      values: [...plot.querySelectorAll('.grid')].map((line, index) => [number(values[index].textContent), middle(line).y]),
    }
  })()`)
}

/** The line through the first and the last of the points. */
function lineThrough(points: readonly (readonly [number, number, ...number[]])[]): (at: number) => number {
  const [[from, start], [to, end]] = [points[0]!, points.at(-1)!]
  return (at) => start + ((at - from) * (end - start)) / (to - from)
}

/** Brings a place of a chart into view, and gives it on the screen. */
function onScreen(page: Page, chart: Chart, x: number, y: number): Promise<{ x: number; y: number }> {
  return page.evaluate(`(() => {
    const plot = document.querySelector('#plot-${chart}')
    const place = () => {
      const corner = plot.getBoundingClientRect()
      return { x: corner.x + ${x}, y: corner.y + ${y} }
    }
    plot.closest('.scroll').scrollLeft += place().x - innerWidth / 2
    scrollBy(0, place().y - innerHeight / 2)
    return place()
  })()`)
}

/** A place in a chart, in pixels from its corner, and what is told of it. */
type Target = { x: number; y: number; text: string }

/** Twelve places of months in the heat map, anywhere in the middle of their cells. */
function heatTargets({ years, months }: Axes, cells: readonly Cell[], unit: Unit, random: Random): Target[] {
  const xOf = lineThrough(years)
  const width = xOf(1) - xOf(0)
  return draw(cells, random).map((cell) => ({
    x: xOf(cell.year) + (random() - 0.5) * 0.5 * width,
    y: months[cell.month]!.y + (random() - 0.5) * 10,
    text: monthText(cell, cells, unit),
  }))
}

/** Twelve places on the lines of years, of those that no other line comes near. */
function lineTargets({ months, values }: Axes, cells: readonly Cell[], unit: Unit, random: Random): Target[] {
  const yOf = lineThrough(values)
  const xOf = lineThrough(months.filter(({ isSeen }) => isSeen).map(({ month, x }) => [month, x] as const))
  const placed = cells.map((cell) => ({ cell, y: yOf(inUnit(cell.sum / cell.count, unit)) }))
  const isAlone = ({ cell, y }: (typeof placed)[number]) =>
    placed.every(
      (other) => other.cell.month !== cell.month || other.cell === cell || Math.abs(other.y - y) > 4,
    )
  return draw(placed.filter(isAlone), random).map(({ cell, y }) => {
    const x = xOf(cell.month) + (random() - 0.5) * 20
    return { x, y, text: monthText(cell, cells, unit) }
  })
}

/** Twelve places in stripes. */
function stripeTargets(
  { years, height }: Axes,
  cells: readonly Cell[],
  unit: Unit,
  random: Random,
): Target[] {
  const xOf = lineThrough(years)
  const whole = cells.filter(({ year }) => year !== gap.year)
  return draw(whole, random).map(({ year }) => {
    const x = xOf(year) + (random() - 0.5) * 0.5 * (xOf(1) - xOf(0))
    return { x, y: height * (0.1 + 0.8 * random()), text: yearText(cells, year, unit) }
  })
}

function draw<Item>(items: readonly Item[], random: Random): Item[] {
  assert.ok(items.length > 0)
  return Array.from({ length: 12 }, () => items[Math.floor(random() * items.length)]!)
}

const targetsOf = { heat: heatTargets, lines: lineTargets, stripes: stripeTargets }

/** What a reader points with, on which screen, in which unit. */
const pointers: Record<
  string,
  {
    options: BrowserContextOptions
    unit: Unit
    point: (page: Page, x: number, y: number) => Promise<void>
  }
> = {
  'touches, on a phone,': {
    options: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    unit: 'F',
    point: (page, x, y) => page.touchscreen.tap(x, y),
  },
  clicks: {
    options: { viewport: { width: 1280, height: 800 } },
    unit: 'C',
    point: (page, x, y) => page.mouse.click(x, y),
  },
}

async function open(t: TestContext, options: BrowserContextOptions, unit: Unit, random: Random) {
  const { address, folder } = await serve(t, 0)
  const cells = drawCells(random)
  putCells(folder, cells)
  const { page, messages } = await openPage(t, `${address}?unit=${unit}`, {
    ...options,
    reducedMotion: 'reduce', // So that it scrolls at once.
  })
  await page.locator(`#y${first}`).waitFor()
  return { page, messages, folder, cells, told: () => textOf(page.locator('#origin')) }
}

for (const [does, { options, unit, point }] of Object.entries(pointers)) {
  test(`who ${does} a number of a chart is told that number, whatever had the focus before`, async (t) => {
    const random = seededRandom(t)
    const { page, messages, cells, told } = await open(t, options, unit, random)
    const focusElsewhere = [
      () => page.locator('nav a').first().focus(),
      () => page.locator('#plot-heat').focus(),
      () => page.locator('#number-January').focus(),
      () => page.locator('#plot-stripes').focus(),
      async () => {},
    ]
    let count = 0
    for (const chart of ['heat', 'lines', 'stripes'] as const) {
      for (const target of targetsOf[chart](await readAxes(page, chart), cells, unit, random)) {
        await focusElsewhere[count++ % focusElsewhere.length]!()
        const { x, y } = await onScreen(page, chart, target.x, target.y)
        await point(page, x, y)
        await waitFor(
          `${chart} at ${x} ${y}: ${target.text}`,
          async () => (await told()) === target.text,
          3000,
        ).catch(async (cause) => {
          throw new Error(`told instead: ${await told()}`, { cause })
        })
      }
    }
    const axes = await readAxes(page, 'heat')
    const { x, y } = await onScreen(
      page,
      'heat',
      lineThrough(axes.years)(gap.year),
      axes.months[gap.month]!.y,
    )
    await point(page, x, y)
    await waitFor(
      'nothing to be told of what was not counted',
      () => page.locator('#origin').isHidden(),
      3000,
    )
    assert.deepEqual(messages, [])
  })
}

/** Every cell of the heat map, month by month, by taps, clicks, or arrow keys; sampled, for there are 1,859. */
const cellsTried = process.env.ALL_CELLS ? 1 : 23

for (const [does, { options, unit, point }] of Object.entries(pointers)) {
  test(`who ${does} a cell of the heat map is told it, also while numbers arrive`, async (t) => {
    const random = seededRandom(t)
    const { page, folder, cells, told } = await open(t, options, unit, random)
    const axes = await readAxes(page, 'heat')
    const xOf = lineThrough(axes.years)
    const begin = Math.floor(random() * cellsTried)
    for (let index = begin; index < cells.length; index += cellsTried) {
      // The same numbers at a later offset: what is drawn is drawn anew, and nothing else changes.
      putCells(folder, cells, offset + index)
      const cell = cells[index]!
      const { x, y } = await onScreen(page, 'heat', xOf(cell.year), axes.months[cell.month]!.y)
      await point(page, x, y)
      const text = monthText(cell, cells, unit)
      await waitFor(`${x} ${y}: ${text}`, async () => (await told()) === text)
    }
  })
}

test('the arrow keys come to every month of a year, and tell those who listen', async (t) => {
  const { page, cells, told } = await open(t, phone.options, 'F', seededRandom(t))
  await page.locator('#plot-heat').focus()
  await page.keyboard.press('Escape')
  await page.keyboard.press('ArrowLeft')
  for (let month = 0; month < 12; month++) {
    const cell = cells.find((other) => other.year === last - 1 && other.month === month)!
    const text = monthText(cell, cells, 'F')
    assert.equal(await told(), text)
    const heard = await page.locator('#told').textContent()
    assert.equal(heard, text.split('\n').slice(0, 3).join(', '))
    await page.keyboard.press('ArrowDown')
  }
})

const phone = pointers['touches, on a phone,']!

/** A month's cell in the heat map, on the screen. */
async function cellOnScreen(page: Page, { year, month }: { year: number; month: number }) {
  const { years, months } = await readAxes(page, 'heat')
  return onScreen(page, 'heat', lineThrough(years)(year), months[month]!.y)
}

test('a number that was touched is told anew when it changes, and stays beside its place when the page scrolls', async (t) => {
  const { page, folder, cells, told } = await open(t, phone.options, 'F', seededRandom(t))
  const touched = cells.find(({ year, month }) => year === 1950 && month === 6)!
  const { x, y } = await cellOnScreen(page, touched)
  await phone.point(page, x, y)
  const changed = { ...touched, sum: touched.sum + 310 }
  const now = cells.map((cell) => (cell === touched ? changed : cell))
  putCells(folder, now)
  await waitFor('the number that changed', async () => (await told()) === monthText(changed, now, 'F'))

  const gap = () =>
    page.evaluate<number>(
      `document.getElementById('origin').getBoundingClientRect().top - document.querySelector('#plot-heat .cursor').getBoundingClientRect().bottom`,
    )
  const before = await gap()
  await page.evaluate('scrollBy(0, 60)')
  await waitFor('the box to follow', async () => Math.abs((await gap()) - before) < 1)
  assert.equal(await told(), monthText(changed, now, 'F'))
})

test('the arrow keys go on from the number that was touched, also when numbers change; Tab tells the newest month of the next chart', async (t) => {
  const { page, folder, cells, told } = await open(t, phone.options, 'F', seededRandom(t))
  const cellOf = (year: number, month: number) =>
    cells.find((cell) => cell.year === year && cell.month === month)!
  const { x, y } = await cellOnScreen(page, cellOf(1950, 6))
  await phone.point(page, x, y)
  await page.keyboard.press('ArrowRight')
  assert.equal(await told(), monthText(cellOf(1951, 6), cells, 'F'))

  // A number changes meanwhile.
  const changed = { ...cellOf(1951, 6), sum: 31 * 70 }
  const now = cells.map((cell) => (cell === cellOf(1951, 6) ? changed : cell))
  putCells(folder, now)
  await waitFor('the number that changed', async () => (await told()) === monthText(changed, now, 'F'))
  await page.keyboard.press('ArrowDown')
  assert.equal(await told(), monthText(cellOf(1951, 7), now, 'F'))
  await page.keyboard.press('Escape')
  putCells(folder, cells)
  await page
    .locator('#y1951')
    .getByText(formatted(cellOf(1951, 6).sum / 31, 'F').slice(0, -3))
    .waitFor()
  assert.equal(await page.locator('#origin').isVisible(), false)
  // One stop a chart, and two to download it.
  for (const _ of ['SVG', 'PNG', 'chart']) await page.keyboard.press('Tab')
  assert.equal(await told(), monthText(cellOf(last, 0), cells, 'F'))
  await page.keyboard.press('ArrowUp')
  assert.equal(await told(), monthText(cellOf(last - 1, 0), cells, 'F'))
})

test('a swipe tells nothing, and a touch beside the charts hides what was told', async (t) => {
  const { page, cells } = await open(t, phone.options, 'F', seededRandom(t))
  const origin = page.locator('#origin')
  const { x, y } = await cellOnScreen(page, { year: 1950, month: 6 })
  const session = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points })
  const scrolled = () => page.evaluate<number>('scrollY')
  const before = await scrolled()
  await touch('touchStart', [{ x, y }])
  for (let moved = 10; moved <= 100; moved += 10) await touch('touchMove', [{ x, y: y - moved }])
  await touch('touchEnd', [])
  await waitFor('the page to have scrolled', async () => {
    const now = await scrolled()
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
    return now > before && now === (await scrolled())
  })
  assert.equal(await origin.isVisible(), false)

  const place = await cellOnScreen(page, cells[0]!)
  await phone.point(page, place.x, place.y)
  await origin.waitFor()
  await page.locator('#section-heat-map').tap()
  await origin.waitFor({ state: 'hidden' })
})
