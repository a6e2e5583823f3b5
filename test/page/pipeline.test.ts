import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { startBroker } from '../../broker/start-broker.ts'
import { closeBrowser, openPage, textOf } from '../support/browser.ts'
import { brokerAddress, uniqueTopic } from '../support/kafka.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { waitFor } from '../support/wait-for.ts'

after(closeBrowser)

/** Producer, two consumers and page, as `npm start` has them, and the page open in a browser. */
async function startPipeline(t: TestContext, address: string) {
  const folder = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: uniqueTopic(), DATA_DIR: folder }
  const dashboard = startProgram(t, 'dashboard.ts', ['--port', '0'], environment)
  startProgram(t, 'producer.ts', ['--delay', '0.01'], environment)
  const startConsumer = (partitions: string[]) => startProgram(t, 'consumer.ts', partitions, environment)
  startConsumer(['1', '3'])
  const consumer = startConsumer(['0', '2'])
  const url = await waitFor('the address', () => /http:\S+/.exec(dashboard.stdout())?.[0])
  const { page, messages } = await openPage(t, url)
  const states = () => page.locator('.strip .state').allTextContents()
  const waitForState = (what: string, partition: number, state: RegExp) =>
    waitFor(`${what} in the page`, async () => state.test((await states())[partition]!))
  return { page, messages, consumer, startConsumer, waitForState, states }
}

test('the page follows the pipeline: a killed consumer is stale, and live after its restart', async (t) => {
  const { page, messages, consumer, startConsumer, waitForState, states } = await startPipeline(
    t,
    brokerAddress(),
  )
  await waitForState('partition 2 live', 2, /live/)
  const january = page.locator('#sentences li').first()
  await waitFor('January to be counted', async () =>
    /January 199\d( so far)?: \d/.test(await textOf(january)),
  )
  const before = await page.locator('#strip').textContent()
  await waitFor('the strip to change', async () => (await page.locator('#strip').textContent()) !== before)

  consumer.child.kill('SIGKILL')
  await waitForState('stale', 2, /stale since \d\d:\d\d:\d\d/)
  assert.match((await states())[1]!, /live|catching up/)
  startConsumer(['0', '2'])
  await waitForState('live again', 2, /live|catching up/)
  assert.deepEqual(messages, [])
})

test('the page stays when the broker is gone', async (t) => {
  const directory = await temporaryFolder(t)
  const broker = await startBroker({ directory, port: 0 })
  t.after(broker.kill)
  const { page, messages, waitForState } = await startPipeline(t, broker.address)
  await waitForState('partition 2 live', 2, /live/)
  const january = page.locator('#sentences li').first()
  await waitFor('January to be counted', async () => /January 199\d/.test(await textOf(january)))
  await broker.stop()
  await waitForState('the broker’s absence', 2, /broker away, reconnecting/)
  await page.reload()
  assert.match(await textOf(january), /January 199\d/)
  assert.deepEqual(messages, [])
})
