import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, startBroker } from '../../broker/start-broker.ts'

let broker: Broker | undefined
let directory: string | undefined

/** Starts the broker of this run of the tests; they find its address in TEST_KAFKA, see kafka.ts. */
export async function globalSetup(): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'almanac-test-broker-'))
  broker = await startBroker({ directory, port: 0 })
  process.env.TEST_KAFKA = broker.address
}

/** Stops it, and forgets all it held. */
export async function globalTeardown(): Promise<void> {
  await broker?.stop()
  if (directory) await rm(directory, { recursive: true, force: true })
}
