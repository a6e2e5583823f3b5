// Runs an Apache Kafka broker for as long as this program runs: `npm run broker`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../files/lib/core/program.ts'
import { parseBrokerOptions } from './broker-options.ts'
import { answersMetadata } from './ready.ts'
import { type Broker, startBroker } from './start-broker.ts'

await run(async (signal) => {
  const options = parseBrokerOptions(process.argv.slice(2))
  if (options.check) return check(options.host, options.port)
  if (options.prepare) return prepare(signal)
  const broker = await startBroker({ ...options, signal })
  console.log(
    `Broker ready at ${broker.address} after ${broker.startedMs} ms ` +
      `(Kafka ${broker.version}, pid ${broker.pid}, data in ${options.directory}).`,
  )
  await untilStopped(broker, signal)
}, Number.POSITIVE_INFINITY)

async function untilStopped(broker: Broker, signal: AbortSignal): Promise<void> {
  const asked = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  if (!signal.aborted) await Promise.race([asked, broker.exited])
  if (!signal.aborted) throw await broker.failure()
  await broker.stop()
}

async function prepare(signal: AbortSignal): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'almanac-prepare-'))
  try {
    const broker = await startBroker({ directory, port: 0, signal })
    await broker.stop()
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function check(host: string, port: number): Promise<void> {
  process.exitCode = (await answersMetadata(host === '0.0.0.0' ? '127.0.0.1' : host, port)) ? 0 : 1
}
