import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, startBroker } from '../../broker/start-broker.ts'

let broker: Broker | undefined
let directory: string | undefined

/** Starts the broker of this run of the tests; they find its address in TEST_KAFKA, see kafka.ts. */
export async function globalSetup(): Promise<void> {
  directory = await mkdtemp(join(await fastFolder(), 'almanac-test-broker-'))
  broker = await startBroker({ directory, port: 0 })
  process.env.TEST_KAFKA = broker.address
}

/** Stops it, and forgets all it held. */
export async function globalTeardown(): Promise<void> {
  await broker?.stop()
  if (directory) await rm(directory, { recursive: true, force: true })
}

/**
 * A folder in memory, where there is one with a gigabyte free: the broker syncs each record, and thousands of syncs on
 * a busy disk take minutes. What the tests kill loses nothing by that; none of them cuts the power.
 */
export async function fastFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined)
  return memory && memory.bavail * memory.bsize > 2 ** 30 ? '/dev/shm' : tmpdir()
}
