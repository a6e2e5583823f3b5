import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeBrowser, findAxeViolations, measureMemory, openPage, textOf } from '../support/browser.ts'
import { partitionText, putPartitionFile, serve } from '../support/pages.ts'
import { waitFor } from '../support/wait-for.ts'

after(closeBrowser)

/** January so far, at a mean of the test's choice. */
function januaryOf(year: number, avg: number) {
  const sum = avg * 16
  return { [year]: { count: 16, sum, avg: sum / 16, end: `${year}-01-16`, start: `${year}-01-01` } }
}

function januaryText(offset: number, avg: number): string {
  return JSON.stringify({ partition: 2, offset, January: januaryOf(2010, avg) })
}

test('a number in the browser follows its file without a reload', async (t) => {
  const { address, folder } = await serve(t, 155)
  const { page, messages } = await openPage(t, address)
  await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }))
  const history = JSON.parse(partitionText(folder, 0))
  for (let change = 1; change <= 5; change++) {
    const degrees = 30 + change / 10
    const january = { ...history.January, ...januaryOf(2024, degrees) }
    const file = { ...history, offset: 10_000_000 + change, January: january }
    putPartitionFile(folder, 0, JSON.stringify(file))
    const text = `${degrees.toFixed(1)} °F`
    await waitFor(text, async () => (await textOf(page.locator('#number-January'))).startsWith(text))
  }
  assert.equal(await page.evaluate(() => 'notReloaded' in globalThis), true)
  assert.deepEqual(messages, [])
})

test('after 1,000 file changes the page has grown by nothing', async (t) => {
  const { address, folder } = await serve(t)
  const text = partitionText(folder, 2)
  const { page } = await openPage(t, address)
  await page.locator('#plot-heat').hover()
  let offset = 1_000_000
  const change = async (times: number) => {
    for (let time = 0; time < times; time++) {
      putPartitionFile(folder, 2, text.replace('"offset": 526', `"offset": ${++offset}`))
      await sleep(5)
    }
    const shown = offset.toLocaleString('en-US')
    await waitFor('the last change', async () => (await textOf(page.locator('#strip'))).includes(shown))
  }
  await change(200)
  const before = await measureMemory(page)
  await change(1000)
  const later = await measureMemory(page)
  t.diagnostic(`nodes ${before.nodes} and ${later.nodes}, heap ${before.heap} and ${later.heap} bytes`)
  assert.ok(later.nodes <= before.nodes + 50, `${before.nodes} ${later.nodes}`)
  assert.ok(later.listeners <= before.listeners)
  assert.ok(later.heap < before.heap * 1.1 + 200_000)
})

test('a decade that begins, and a topic that is recreated, come into the page without a reload', async (t) => {
  const { address, folder } = await serve(t)
  const { page, messages } = await openPage(t, address)
  assert.equal(await page.locator('#y1990').count(), 1)
  putPartitionFile(folder, 2, januaryText(16, 33))
  await page.locator('#y2010').waitFor()
  for (const partition of [0, 1, 2, 3])
    putPartitionFile(folder, partition, `{"partition": ${partition}, "offset": 0}`)
  await waitFor('the table to be empty', async () => (await page.locator('.numbers tbody tr').count()) === 0)
  await page.getByText('Nothing has been counted yet').waitFor()
  assert.deepEqual(messages, [])
})

test('where a number comes from is told on hover and on keyboard focus', async (t) => {
  const { address } = await serve(t)
  const { page } = await openPage(t, `${address}?unit=C`)
  const origin = page.locator('#origin')
  await page.locator('#plot-heat').focus()
  assert.match(
    await textOf(origin),
    /^January 1994: .* °C\n[+−].* °C from the mean of \d complete Januaries, .* °C\n12 of 31 days counted, 1994-01-01 to .*; partition-2\.json\nShow its records$/,
  )
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowDown')
  assert.match(await textOf(origin), /^February 1993: .*28 of 28 days counted, .*; partition-1\.json/s)
  await page.keyboard.press('Escape')
  assert.equal(await origin.isVisible(), false)
  for (const chart of ['#plot-lines', '#plot-stripes', '#plot-heat']) {
    await page.locator(chart).hover()
    assert.match(await textOf(origin), /19\d\d: .* °C\n/, chart)
  }
  await page.locator('#number-January').focus()
  assert.equal(await page.locator('#origin-January').isVisible(), true)
})

test('the page is whole with scripting off', async (t) => {
  const { address } = await serve(t)
  const { page } = await openPage(t, address, { javaScriptEnabled: false })
  const text = await textOf(page.locator('body'))
  assert.match(text, /January 1994 so far: .* °F above the mean of \d Januaries \(12 of 31 days\)/)
  for (const part of [
    'no consumer yet',
    'Each month compared with its average',
    'Each year compared with the average',
    '1990',
    'Warmest months',
  ])
    assert.ok(text.includes(part), part)
  await page.getByRole('link', { name: '°C' }).click()
  assert.match(await textOf(page.locator('#sentences')), /°C/)
})

async function expectSound(t: TestContext, address: string, options: Parameters<typeof openPage>[2]) {
  const { page, messages } = await openPage(t, address, options)
  if (await page.locator('#plot-heat').count()) await page.locator('#plot-heat').focus()
  assert.deepEqual(await findAxeViolations(page), [])
  assert.deepEqual(messages, [])
  return page
}

test('155 years, light on a desk and dark on a phone: no axe violation, no console message, nothing sideways', async (t) => {
  const { address } = await serve(t, 155)
  const looks = [
    { colorScheme: 'light', width: 1280, paper: 'rgb(246, 247, 249)' },
    { colorScheme: 'dark', width: 360, paper: 'rgb(14, 18, 23)' },
  ] as const
  for (const { colorScheme, width, paper } of looks) {
    const page = await expectSound(t, address, { colorScheme, viewport: { width, height: 800 } })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
    assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), paper)
  }
})

test('without data, with damage, and by itself month.svg: no axe violation, no console message', async (t) => {
  const { address, folder } = await serve(t, 0)
  putPartitionFile(folder, 3, 'x'.repeat(500))
  await expectSound(t, address, { viewport: { width: 360, height: 800 } })
  const { messages } = await openPage(t, `${address}month.svg`)
  assert.deepEqual(messages, [])
})

test('a page whose server goes away says so, stays readable, and follows again when it is back', async (t) => {
  const { servePage } = await import('../../files/page/server.ts')
  const { address, folder, port, close } = await serve(t)
  const { page } = await openPage(t, address)
  await close()
  await page.getByText('Connection lost at').waitFor()
  assert.match(await textOf(page.locator('#sentences')), /January 1994/)
  putPartitionFile(folder, 2, januaryText(16, 33))
  const again = await servePage({ folder, host: '127.0.0.1', port })
  t.after(again.close)
  await page.getByText('33.0 °F').first().waitFor()
  assert.equal(await textOf(page.locator('#connection')), '')
})
