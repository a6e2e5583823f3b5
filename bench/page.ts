import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { OperatingError } from '../files/lib/core/program.ts'
import { type MonthName, monthNames } from '../files/lib/weather/calendar.ts'
import { servePage } from '../files/page/server.ts'
import { closeBrowser, startBrowser } from '../test/support/browser.ts'
import { partitionFileText } from '../test/support/climate.ts'
import { putPartitionFile } from '../test/support/pages.ts'
import { waitFor } from '../test/support/wait-for.ts'
import { figureRow, type Limits, type Measured, type Raw, type Row } from './report-table.ts'
import { median } from './rounds.ts'
import type { Setup } from './setup.ts'

/** Years of every month, in four files. */
type Size = { name: string; first: number; count: number; firstPage: Limits }

const short: Size = { name: '155 years', first: 1869, count: 155, firstPage: [300] }
const long: Size = { name: '8000 years', first: 1990, count: 8000, firstPage: [1000] }
const answer: Limits = [2000]
const visible: Limits = [150]
const changes = 20
const pageQuietMs = 300

/**
 * Measures the live page: how long its first page takes, short and long, the slowest answer while large files change, and how
 * long a number in a browser takes to follow its file.
 */
export async function measurePage(setup: Setup, rounds: number): Promise<Measured> {
  const measured: { row: Row; raw: Raw }[] = []
  const add = (what: string, values: readonly number[], figure: number, limits: Limits) =>
    measured.push({ row: figureRow(what, figure, 'ms', limits), raw: { what, unit: 'ms', values } })
  for (const size of [short, long]) {
    const taken: number[] = []
    for (let round = 0; round < rounds; round++)
      taken.push(await withPage(setup, size, ({ address }) => timeOf(() => ask(address))))
    add(`first page, ${size.name}`, taken, median(taken), size.firstPage)
  }
  const answers = await withPage(setup, long, answersDuringChanges)
  add(`answer while files of ${long.name} change: the slowest`, answers, Math.max(...answers), answer)
  const waits = await withPage(setup, short, numbersInBrowser)
  add(`file replaced → number in the browser, ${short.name}`, waits, median(waits), visible)
  return { rows: measured.map(({ row }) => row), raw: measured.map(({ raw }) => raw) }
}

type Served = { address: string; folder: string; texts: readonly string[] }

async function withPage<Result>(setup: Setup, size: Size, measure: (served: Served) => Promise<Result>) {
  const folder = await setup.makeFolder('page')
  const texts = [0, 1, 2, 3].map((partition) => partitionFileText(partition, monthsIn(partition), size))
  for (const [partition, text] of texts.entries()) putPartitionFile(folder, partition, text)
  const page = await servePage({ folder, host: '127.0.0.1', port: 0 })
  try {
    return await measure({ address: page.address, folder, texts })
  } finally {
    await page.close()
  }
}

function monthsIn(partition: number): readonly MonthName[] {
  return monthNames.slice(3 * partition, 3 * partition + 3)
}

async function answersDuringChanges({ address, folder, texts }: Served): Promise<number[]> {
  await ask(address)
  const taken: number[] = []
  for (let change = 1; change <= changes; change++) {
    putPartitionFile(folder, change % 4, changed(texts[change % 4]!, change))
    taken.push(await timeOf(() => ask(`${address}fragments?unit=F&names=strip`)))
  }
  return taken
}

/** The number is the offset in the strip; the browser notes itself when it stood there. */
async function numbersInBrowser({ address, folder, texts }: Served): Promise<number[]> {
  try {
    const page = await openIn(await startBrowser(), address)
    const waits: number[] = []
    for (let change = 1; change <= changes; change++) {
      // A page asks at most four times a second: measured is one that has been quiet.
      await sleep(pageQuietMs)
      const begin = Date.now()
      putPartitionFile(folder, 0, changed(texts[0]!, change))
      waits.push((await seenAt(page, offsetText(change))) - begin)
    }
    return waits
  } finally {
    await closeBrowser()
  }
}

async function openIn(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(address)
  await page.evaluate(`
    globalThis.seen = []
    const look = () => { seen.push({ text: document.querySelector('#strip').textContent, at: Date.now() }) }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
  `)
  return page
}

/** In milliseconds since 1970. */
function seenAt(page: Page, text: string): Promise<number> {
  const find = `globalThis.seen.find(({ text }) => text.includes('${text}'))?.at`
  return waitFor(`${text} in the page`, () => page.evaluate<number | undefined>(find))
}

function changed(text: string, change: number): string {
  return text.replace('"offset":10000000', `"offset":${10_000_000 + change}`)
}

function offsetText(change: number): string {
  return (10_000_000 + change).toLocaleString('en-US')
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

async function ask(address: string): Promise<void> {
  const response = await fetch(address)
  await response.text()
  if (!response.ok) throw new OperatingError(`${address}: answered ${response.status}.`)
}
