import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../../broker/ports.ts'
import { startBroker } from '../../broker/start-broker.ts'
import { startProxy } from '../../faults/proxy.ts'
import { temporaryFolder } from './program.ts'

/** Starts a broker of the test's own whose clients all come by way of a proxy; the test's end stops both. */
export async function startBrokerBehindProxy(t: TestContext) {
  const port = await freePort('127.0.0.1')
  const proxy = await startProxy(port, () => {})
  t.after(proxy.close)
  const directory = join(await temporaryFolder(t), 'kafka')
  const broker = await startBroker({ directory, port, advertised: proxy.address })
  t.after(() => broker.kill())
  return { address: proxy.address, proxy }
}
