import type { TestContext } from 'node:test'
import axe from 'axe-core'
import {
  type Browser,
  type BrowserContextOptions,
  type BrowserServer,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'

// Without these, Chromium looks for hosts of its maker's at every start.
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
const args = ['--headless', '--disable-gpu', '--disable-quic', '--no-first-run', ...quiet]

let server: Promise<BrowserServer> | undefined
let browser: Promise<Browser> | undefined

/** Starts Debian's Chromium, once for all tests of a file; {@link closeBrowser} ends it. */
export function startBrowser(): Promise<Browser> {
  // Chromium refuses its sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  server ??= chromium.launchServer({ executablePath: '/usr/bin/chromium', args: [...args, ...sandbox] })
  browser ??= server.then((started) => chromium.connect(started.wsEndpoint()))
  return browser
}

/** Ends the browser, if one was started, by a kill: asked politely, a busy one takes up to half a minute. */
export async function closeBrowser(): Promise<void> {
  await (await server)?.kill()
}

/** A page in a window of its own, and all that its console has said. */
export type OpenPage = { page: Page; messages: string[] }

/** Opens a page, with no cookies or cache of another's; the test's end closes it. */
export async function openPage(
  t: TestContext,
  address: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await (await startBrowser()).newContext(options)
  t.after(() => context.close())
  const page = await context.newPage()
  const messages: string[] = []
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(String(error)))
  await page.goto(address)
  return { page, messages }
}

/** What axe finds wrong with a page as it is, a line for each rule. */
export async function findAxeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

/** What a page holds after its garbage is collected: nodes of the document, listeners, and bytes of script. */
export async function measureMemory(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { nodes, jsEventListeners: listeners } = await session.send('Memory.getDOMCounters')
  const { usedSize: heap } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return { nodes, listeners, heap }
}

/** The text of an element as it is shown, lines and all. */
export async function textOf(locator: Locator): Promise<string> {
  return (await locator.allInnerTexts()).join('\n')
}
