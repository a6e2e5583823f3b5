// `npm start`: a broker, the producer and two consumers in one terminal; what dies is started again, Ctrl-C stops all.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startBroker } from './broker/start-broker.ts'
import { run, UsageError } from './files/lib/program.ts'
import { openStatusLine } from './files/lib/status-line.ts'
import { startProgram } from './processes/program.ts'
import { showProgress } from './processes/progress.ts'
import { setUp } from './processes/set-up.ts'
import { type Supervised, supervise } from './processes/supervise.ts'

const root = import.meta.dirname
const dataDirectory = resolve(root, process.env.DATA_DIR || 'data')

await run(async (signal) => {
  const { port, directory } = parse(process.argv.slice(2))
  const { say, ...line } = openStatusLine(process.stdout)
  await setUp('programs', signal)
  await mkdir(dataDirectory, { recursive: true })
  let address = { port, text: '' }
  // Each is added in front: they stop from the first to the last, the broker at the end.
  const jobs: Supervised[] = []
  const done = new AbortController()
  const startBrokerJob = async () => {
    const broker = await startBroker({ directory, port: address.port, say, signal })
    address = { port: broker.port, text: broker.address }
    say(`Broker ready at ${broker.address} after ${broker.startedMs} ms; its data in ${directory}.`)
    return broker
  }
  try {
    jobs.unshift(await supervise({ name: 'broker', start: startBrokerJob, say }))
    const environment = {
      ...process.env,
      DATA_DIR: dataDirectory,
      KAFKA_BOOTSTRAP_SERVERS: address.text,
    }
    const add = async (name: string, file: string, args: string[], argsAgain = args) => {
      const start = (again: boolean) => startProgram(name, file, again ? argsAgain : args, environment, say)
      jobs.unshift(await supervise({ name, start, say }))
    }
    await add('consumer 1 3', 'consumer.ts', ['1', '3'])
    await add('consumer 0 2', 'consumer.ts', ['0', '2'])
    await add('producer', 'producer.ts', [], ['--append'])
    say(`Results in ${dataDirectory}: partition-0.json to partition-3.json, month.svg. Ctrl-C stops all.`)
    const until = AbortSignal.any([signal, done.signal])
    const progress = showProgress(dataDirectory, environment, { say, ...line }, until)
    await Promise.race([progress, Promise.all(jobs.map((job) => job.ended))])
  } finally {
    done.abort()
    line.end()
    if (jobs.length > 0) say('Stopping.')
    for (const job of jobs) await job.stop()
  }
})

function parse(args: string[]): { port: number; directory: string } {
  try {
    const port = { type: 'string', default: '9092' } as const
    const { values } = parseArgs({ args, options: { port, directory: { type: 'string' } } })
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
      throw new Error(`--port is '${values.port}': expected a whole number from 0 (any free port) to 65535.`)
    }
    return { port: Number(values.port), directory: resolve(values.directory ?? join(root, '.kafka')) }
  } catch (cause) {
    const usage = 'Usage: npm start -- [--port 9092] [--directory .kafka]'
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}
