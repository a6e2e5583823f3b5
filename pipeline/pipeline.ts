import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { freePort } from '../broker/ports.ts'
import { startBroker } from '../broker/start-broker.ts'
import { proofPath, writeProofStatus } from '../files/lib/results/proof-status.ts'
import type { Verification } from '../files/lib/verify/verification.ts'
import { makeChaos, type Victim } from './chaos.ts'
import { pageJob } from './page-job.ts'
import { producerJob } from './producer-job.ts'
import { programEnvironment, startProgram } from './start-program.ts'
import { type Job, type Supervised, supervise } from './supervise.ts'
import { afterEachCatchUp, proofIn, verifyBehind } from './verify-behind.ts'

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
  /** Whether a consumer is killed every few seconds. */
  chaos: boolean
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

const assignments = [
  [1, 3],
  [0, 2],
] as const

/**
 * Starts page, broker, consumers and producer, in this order, each started again when it dies, the producer then with `--append`.
 *
 * @throws OperatingError when the broker cannot be started
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  // Each is added in front: they stop from the first to the last, the broker at the end.
  const jobs: Supervised[] = []
  const behind = new AbortController()
  const stop = async () => {
    behind.abort()
    for (const job of jobs) await job.stop()
  }
  try {
    return { ...(await startAll(jobs, options, behind.signal)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startAll(jobs: Supervised[], options: PipelineOptions, signal: AbortSignal) {
  // What an earlier run found says nothing of the files of this one.
  rmSync(proofPath(options.dataDirectory), { force: true })
  const start = (job: Omit<Job, 'say'>) => supervise({ ...job, say: options.say })
  const add = async (job: Omit<Job, 'say'>) => jobs.unshift(await start(job))
  // Chosen here where it is any: the page, which comes first, is told where the broker will be.
  const port = options.port || (await freePort('127.0.0.1'))
  await add(pageJob(options, programEnvironment(options.dataDirectory, `127.0.0.1:${port}`)))
  const { broker, address } = brokerJob({ ...options, port })
  // Behind the page, which came before it so that its address is the first that is said.
  jobs.push(await start(broker))
  const environment = programEnvironment(options.dataDirectory, address())
  const victims: Victim[] = []
  for (const partitions of assignments) {
    await add(consumerJob(partitions, environment, options))
    victims.push({ consumer: jobs[0]!, partitions })
  }
  await add(producerJob(options.producerArgs, environment, options.say))
  const works: Promise<void>[] = jobs.map((job) => job.ended)
  const { dataDirectory } = options
  const tell = (verification: Verification) => noteProof(dataDirectory, verification)
  const proving = options.chaos
    ? makeChaos({ ...options, victims, environment, tell, signal })
    : verifyBehind(environment, afterEachCatchUp(dataDirectory), tell, signal)
  works.push(proving)
  return { environment, ended: Promise.all(works) }
}

function noteProof(dataDirectory: string, verification: Verification): void {
  // A consumer makes the folder, durably, at its first start.
  if (existsSync(dirname(proofPath(dataDirectory))))
    writeProofStatus(dataDirectory, proofIn(verification, Date.now()))
}

/** One that is killed on purpose starts again at once. */
function consumerJob(
  partitions: readonly number[],
  environment: NodeJS.ProcessEnv,
  { chaos, say }: PipelineOptions,
): Omit<Job, 'say'> {
  const name = `consumer ${partitions.join(' ')}`
  const start = () => startProgram(name, 'consumer.ts', partitions.map(String), environment, say)
  return { name, start, ...(chaos && { steadyWaitMs: 50 }) }
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
