import { join } from 'node:path'
import { cacheFolder } from '../broker/kafka.ts'
import { startBroker } from '../broker/start-broker.ts'
import { pageJob } from './page-job.ts'
import { producerJob } from './producer-job.ts'
import { startProgram } from './start-program.ts'
import { type Job, type Supervised, supervise } from './supervise.ts'

/** Where the pipeline keeps what it has, and where it says what happens. */
export type PipelineOptions = {
  /** The broker's port; 0 for any free one. */
  port: number
  /** The page's port; 0 for any free one. */
  pagePort: number
  /** The broker's folder. */
  directory: string
  /** The producer's arguments, and the page's besides its port. */
  producerArgs: readonly string[]
  pageArgs: readonly string[]
  /** The folder of partition files and chart. */
  dataDirectory: string
  say: (line: string) => void
  signal: AbortSignal
}

/** Page, broker, producer and consumers at work. */
export type Pipeline = {
  /** The environment that the programs run in: it names broker and data folder. */
  environment: NodeJS.ProcessEnv
  /** Rejects when one of them cannot go on. */
  ended: Promise<unknown>
  /** Stops producer, consumers, page and broker, in this order. */
  stop: () => Promise<void>
}

/**
 * Starts page, broker, consumers and producer, in this order, each started again when it dies, the producer then with `--append`.
 *
 * @throws OperatingError when the broker cannot be started
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  // Each is added in front: they stop from the first to the last, the broker at the end.
  const jobs: Supervised[] = []
  const add = async (job: Omit<Job, 'say'>) => jobs.unshift(await supervise({ ...job, say: options.say }))
  const stop = async () => {
    for (const job of jobs) await job.stop()
  }
  try {
    await add(pageJob(options))
    const { broker, address } = brokerJob(options)
    // Behind the page, which came before it so that its address is the first that is said.
    jobs.push(await supervise({ ...broker, say: options.say }))
    const environment = programEnvironment(options.dataDirectory, address())
    const consumer = (first: string, second: string): Omit<Job, 'say'> => {
      const name = `consumer ${first} ${second}`
      const start = () => startProgram(name, 'consumer.ts', [first, second], environment, options.say)
      return { name, start }
    }
    await add(consumer('1', '3'))
    await add(consumer('0', '2'))
    await add(producerJob(options.producerArgs, environment, options.say))
    return { environment, ended: Promise.all(jobs.map((job) => job.ended)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function programEnvironment(dataDirectory: string, broker: string | undefined): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATA_DIR: dataDirectory,
    KAFKA_BOOTSTRAP_SERVERS: broker,
    // Ours is one broker without TLS, whatever cluster the user's environment speaks of.
    KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT',
    TOPIC_REPLICATION_FACTOR: '1',
    // Saves each start, and each start again after a kill, the compiling of the Kafka library.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), 'compiled'),
  }
}

/** A broker that keeps the port of its first start, for the programs know no other. */
function brokerJob({ port, directory, say, signal }: PipelineOptions) {
  let first: { port: number; address: string } | undefined
  const start = async () => {
    const broker = await startBroker({ directory, port: first?.port ?? port, say, signal })
    first ??= broker
    say(`Broker ready at ${broker.address} after ${broker.startedMs} ms; its data in ${directory}.`)
    return broker
  }
  return { broker: { name: 'broker', start }, address: () => first?.address }
}
