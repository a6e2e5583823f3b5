/* The page as it is used: time travel by a slider, a page on another origin, many records a second, paper, enlarged. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { brokerSettings } from '../../files/lib/core/settings.ts'
import { openLog } from '../../files/page/log-access.ts'
import { servePage } from '../../files/page/server.ts'
import { closeBrowser, findAxeViolations, openPage, textOf } from '../support/browser.ts'
import { brokerAddress, createTopic } from '../support/kafka.ts'
import { golden, partitionText, putPartitionFile, serve } from '../support/pages.ts'
import { runProgram, temporaryFolder } from '../support/program.ts'
import { reportRecord, sendRecords } from '../support/send-records.ts'
import { waitFor } from '../support/wait-for.ts'

after(closeBrowser)

/** A page with a broker: four years, each day as warm as its year's last digit says. */
async function pageWithLog(t: TestContext) {
  const { name: topic } = await createTopic(t)
  const days: string[] = []
  for (let at = Date.UTC(1990, 0, 1); at < Date.UTC(1994, 0, 1); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10))
  await sendRecords(brokerAddress(), topic, [
    days.map((date) => reportRecord(date, 50 + Number(date.slice(3, 4)))),
  ])
  const folder = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: folder }
  const { code, stderr } = await runProgram(
    t,
    'consumer.ts',
    ['0', '1', '2', '3', '--exit-at-end'],
    environment,
  )
  assert.equal(code, 0, stderr)
  const log = openLog(brokerSettings(environment), topic)
  const page = await servePage({ folder, host: '127.0.0.1', port: 0, log })
  t.after(page.close)
  return { ...page, folder }
}

test('the slider takes the charts to another day, its rest opens the page of that day, and back to now is a link', async (t) => {
  const { address } = await pageWithLog(t)
  const { page, messages } = await openPage(t, address)
  const slider = page.locator('.travel [type=range]')
  await slider.waitFor()
  await slider.evaluate((element) => {
    const input = element as unknown as { value: string; dispatchEvent: (event: Event) => void }
    input.value = '500'
    input.dispatchEvent(new Event('input', { bubbles: true }))
  })
  // 500 days after 1990-01-01.
  await page.locator('#latest').getByText('May 1991 so far').waitFor()
  assert.equal(await page.locator('#plot-stripes rect').count(), 1)
  await slider.dispatchEvent('change')
  await page.getByText('This is the page as it was when 1991-05-16 was the newest day.').waitFor()
  assert.match(page.url(), /\?unit=F&at=1991-05-16$/)
  assert.equal(await page.locator('#y1991').count(), 1)
  assert.equal(await page.locator('#y1992').count(), 0)
  assert.deepEqual(await findAxeViolations(page), [])
  await page.getByRole('link', { name: 'Back to now' }).click()
  await page.locator('#y1993').waitFor()
  assert.deepEqual(messages, [])
})

test('while the slider is at another day, what is counted meanwhile does not come between', async (t) => {
  const { address, folder } = await pageWithLog(t)
  const { page } = await openPage(t, address)
  const slider = page.locator('.travel [type=range]')
  await slider.waitFor()
  await slider.evaluate((element) => {
    const input = element as unknown as { value: string; dispatchEvent: (event: Event) => void }
    input.value = '500'
    input.dispatchEvent(new Event('input', { bubbles: true }))
  })
  await page.locator('#latest').getByText('May 1991 so far').waitFor()
  for (const partition of [0, 1, 2, 3])
    putPartitionFile(folder, partition, JSON.stringify({ partition, offset: 9_000_000 }))
  await waitFor('the files to be read', () =>
    page.evaluate(
      `fetch('metrics').then((answer) => answer.text()).then((text) => text.includes(' 9000000'))`,
    ),
  )
  // By then the page has long been told, and could have fetched them several times.
  for (let time = 0; time < 10; time++)
    await page.evaluate(`fetch('fragments?unit=F&names=latest+heat-map').then((answer) => answer.text())`)
  assert.match(await textOf(page.locator('#latest')), /^May 1991 so far/)
})

test('playing shows the stripes grow, and ends with the page of now', async (t) => {
  const { address } = await pageWithLog(t)
  const { page, messages } = await openPage(t, address)
  await page.evaluate(`
    const look = () => {
      const count = document.querySelectorAll('#plot-stripes rect').length
      sessionStorage.counts = [...new Set([...(sessionStorage.counts ?? '').split(' '), String(count)])].join(' ')
    }
    new MutationObserver(look).observe(document.querySelector('#stripes'), { childList: true, subtree: true })
  `)
  await page.getByRole('button', { name: 'Play' }).click()
  await page.waitForURL(/\?unit=F$/, { timeout: 60_000 })
  await page.locator('#y1993').waitFor()
  assert.equal(await page.evaluate('sessionStorage.counts'), ' 0 1 2 3 4')
  assert.deepEqual(messages, [])
})

test('from a number to its records: by its link, and by Enter in a chart; no axe violation there', async (t) => {
  const { address } = await pageWithLog(t)
  const { page, messages } = await openPage(t, address)
  await page.locator('#number-July').click()
  await page.getByRole('heading', { name: 'July 1993: 53.0 °F' }).waitFor()
  assert.equal(await page.locator('.evidence tbody tr').count(), 31)
  assert.deepEqual(await findAxeViolations(page), [])
  await page.getByRole('link', { name: 'Back to all months' }).click()
  await page.locator('#plot-heat').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'February 1993: 53.0 °F' }).waitFor()
  assert.deepEqual(messages, [])
})

/** A page on another origin that shows a chart, reads data and embeds the small view. */
async function otherOrigin(t: TestContext, address: string) {
  const html = `<!doctype html><title>Other</title><img src="${address}month.svg"><iframe src="${address}embed"></iframe>`
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(html))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

for (const isAllowed of [true, false]) {
  test(`a page on another origin ${isAllowed ? 'shows, reads and embeds with --allow-origin' : 'can do none of it without'}`, async (t) => {
    const origins: string[] = []
    const served = await servePage({
      ...{ folder: golden, host: '127.0.0.1', port: 0 },
      sharing: { origins, hosts: [] },
    })
    t.after(served.close)
    const origin = await otherOrigin(t, served.address)
    if (isAllowed) origins.push(origin)
    const { page } = await openPage(t, origin)
    await page.waitForLoadState('networkidle')
    const seen = await page.evaluate(`(async () => ({
      image: document.querySelector('img').naturalWidth > 0,
      data: await fetch('${served.address}partition-2.json').then((answer) => answer.json()).then((file) => file.partition, () => 'refused'),
      page: await fetch('${served.address}').then(() => 'read', () => 'refused'),
    }))()`)
    const [, frame] = page.frames()
    const embedded = await frame!.locator('.latest').count()
    assert.deepEqual(
      { ...(seen as object), embedded },
      { image: isAllowed, data: isAllowed ? 2 : 'refused', page: 'refused', embedded: isAllowed ? 1 : 0 },
    )
  })
}

test('at a hundred changes a second a page asks at most four times a second', async (t) => {
  const { address, folder } = await serve(t)
  const text = partitionText(folder, 2)
  const { page } = await openPage(t, address)
  const asked: number[] = []
  page.on('request', (request) => {
    if (request.url().includes('fragments')) asked.push(performance.now())
  })
  const begin = performance.now()
  let changes = 0
  for (; performance.now() - begin < 4000; changes++) {
    putPartitionFile(folder, 2, text.replace('"offset": 526', `"offset": ${1_000_000 + changes}`))
    await sleep(10)
  }
  await waitFor('the last change', async () =>
    ((await page.locator('#strip').textContent()) ?? '').includes(
      (1_000_000 + changes - 1).toLocaleString('en-US'),
    ),
  )
  t.diagnostic(`${changes} changes, ${asked.length} requests`)
  assert.ok(asked.length > 3, `${asked.length}`)
  // In any second and a little.
  for (const [index, at] of asked.entries())
    assert.ok((asked[index + 4] ?? Number.POSITIVE_INFINITY) - at > 900, `${asked}`)
})

test('on paper every year is there, nothing is cut off, and what needs a screen is left out', async (t) => {
  const { address } = await serve(t, 155)
  const { page } = await openPage(t, address, { viewport: { width: 720, height: 1000 } })
  await page.emulateMedia({ media: 'print' })
  for (const year of [1869, 1950, 2023]) assert.ok(await page.locator(`#y${year}`).isVisible(), `${year}`)
  const cut = await page.evaluate(`[...document.querySelectorAll('.scroll')]
    .filter((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
    .map((box) => box.className)`)
  assert.deepEqual(cut, [])
  for (const part of ['nav', '.downloads', 'footer', '.travel'])
    assert.equal(await page.locator(part).first().isVisible(), false, part)
})

test('on a phone the newest month and a picture are on the first screen, and charts open at their newest end', async (t) => {
  const { address } = await serve(t, 155)
  const { page } = await openPage(t, address, {
    ...{ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  })
  const place = (selector: string) =>
    page.evaluate<{ top: number; bottom: number; right: number; left: number }>(
      `document.querySelector('${selector}').getBoundingClientRect().toJSON()`,
    )
  assert.ok((await place('#latest')).bottom < 740)
  const stripes = await place('#plot-stripes')
  assert.ok(stripes.bottom < 740 && stripes.left >= 0 && stripes.right <= 360, JSON.stringify(stripes))
  const heat = await place('#plot-heat')
  assert.ok(heat.right <= 360 && heat.left < 0, JSON.stringify(heat))
  assert.match(await textOf(page.locator('#section-heat-map').locator('..')), /Swipe to see earlier years/)
  const normals = await page.evaluate(`document.documentElement.scrollWidth`)
  assert.equal(normals, 360)
})

test('the skip link comes first, and leads to the newest month', async (t) => {
  const { address } = await serve(t)
  const { page } = await openPage(t, address)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate('document.activeElement.id'), 'main')
})

test('at 200 % nothing goes sideways', async (t) => {
  const { address } = await serve(t, 155)
  // A window of 1280 pixels at 200 % has 640.
  const { page } = await openPage(t, address, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 })
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 640)
})
