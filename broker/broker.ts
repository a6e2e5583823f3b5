// Runs an Apache Kafka broker for as long as this program runs: `npm run broker`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run, UsageError } from '../files/lib/program.ts'
import { answersMetadata } from './ready.ts'
import { type Broker, startBroker } from './start-broker.ts'

const usage = `Usage: broker.ts [--port 9092] [--directory .kafka] [--host 127.0.0.1] [--advertise HOST:PORT]
                 [--user NAME[:GROUP]] [--heap 512m] [--throughput] [--prepare | --check]
  --prepare  fetches and makes all that the first start would, and ends
  --check    ends with exit code 0 when a broker answers at host and port, 1 otherwise`

await run(async (signal) => {
  const options = parse(process.argv.slice(2))
  if (options.check) return check(options.host, options.port)
  if (options.prepare) return prepare(signal)
  const broker = await startBroker({ ...options, signal })
  console.log(
    `Broker ready at ${broker.address} after ${broker.startedMs} ms ` +
      `(Kafka ${broker.version}, pid ${broker.pid}, data in ${options.directory}).`,
  )
  await untilStopped(broker, signal)
})

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

function parse(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { ...text, default: '9092' },
        directory: { ...text, default: '.kafka' },
        host: { ...text, default: '127.0.0.1' },
        advertise: text,
        user: text,
        heap: text,
        throughput: flag,
        prepare: flag,
        check: flag,
      },
    })
    return { ...values, advertised: values.advertise, port: portNumber(values.port) }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}

function portNumber(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port
  throw new UsageError(`--port is '${text}': expected a whole number from 0 (any free port) to 65535.`)
}
