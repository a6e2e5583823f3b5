import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../broker/ports.ts'
import { type BrokerOptions, startBroker } from '../../broker/start-broker.ts'
import { OperatingError } from '../../files/lib/core/program.ts'
import { startAdmin } from '../support/kafka.ts'
import { temporaryFolder } from '../support/program.ts'

async function startOwnBroker(t: TestContext, directory: string, options: Partial<BrokerOptions> = {}) {
  const broker = await startBroker({ directory, port: 0, ...options })
  t.after(broker.kill)
  return broker
}

test('a broker keeps its topics over a stop and a kill, also on other ports', async (t) => {
  const directory = await temporaryFolder(t)
  const first = await startOwnBroker(t, directory)
  await startAdmin(t, first.address).createTopics({ topics: ['kept'], partitions: 4, replicas: 1 })
  assert.deepEqual(await first.stop(), { code: 143, signal: null })

  const second = await startOwnBroker(t, directory, { port: await freePort('127.0.0.1') })
  assert.notEqual(second.address, first.address)
  assert.deepEqual(await startAdmin(t, second.address).listTopics(), ['kept'])
  assert.deepEqual(await second.kill(), { code: null, signal: 'SIGKILL' })
  assert.deepEqual(await second.exited, { code: null, signal: 'SIGKILL' })

  const third = await startOwnBroker(t, directory, { port: second.port })
  assert.equal(third.address, second.address)
  assert.deepEqual(await startAdmin(t, third.address).listTopics(), ['kept'])
  assert.deepEqual(await third.stop(), { code: 143, signal: null })
})

test('startBroker refuses a folder that a running broker uses, and takes properties of Kafka', async (t) => {
  const directory = await temporaryFolder(t)
  await startOwnBroker(t, directory, { properties: { 'num.io.threads': '3' } })
  assert.match(await readFile(join(directory, 'server.properties'), 'utf8'), /^num\.io\.threads=3$/m)
  await assert.rejects(startBroker({ directory, port: 0 }), (error: Error) => {
    assert.equal(error.message.split(': ')[0], directory)
    assert.match(error.message, /a running broker uses this folder/)
    return error instanceof OperatingError
  })
})

test('startBroker names the port that another program has', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const directory = await temporaryFolder(t)
  await assert.rejects(startBroker({ directory, port }), {
    name: 'OperatingError',
    message: new RegExp(`^Port ${port} of 127.0.0.1 is taken: .* choose another port`),
  })
})

test('startBroker names the folder that cannot be made', async (t) => {
  const file = join(await temporaryFolder(t), 'file')
  await writeFile(file, '')
  for (const directory of [file, join(file, 'kafka')]) {
    await assert.rejects(startBroker({ directory, port: 0 }), (error: Error) => {
      assert.equal(error.name, 'OperatingError')
      const message =
        /^(\S+): the broker's log cannot be kept there \(E\w+: .*\)\. Choose another folder with --directory\.$/
      assert.equal(message.exec(error.message)?.[1], directory, error.message)
      return true
    })
  }
})

test('startBroker shows from the log of a JVM that ends', async (t) => {
  const directory = await temporaryFolder(t)
  const properties = { 'process.roles': 'baker' }
  await assert.rejects(startBroker({ directory, port: 0, properties }), {
    name: 'OperatingError',
    message: /the broker's JVM ended with exit code 1\. From its log:\n[\s\S]*baker/,
  })
})

test('startBroker ends at once, its JVM too, when its signal aborts', async (t) => {
  const directory = await temporaryFolder(t)
  const start = startBroker({ directory, port: 0, signal: AbortSignal.timeout(500) })
  await assert.rejects(start, { name: 'TimeoutError' })
  // The folder is free again: nothing of the first start has remained.
  const broker = await startOwnBroker(t, directory)
  await broker.stop()
})
