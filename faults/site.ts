import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../broker/ports.ts'
import { programEnvironment } from '../pipeline/start-program.ts'
import type { Exit } from '../processes/child.ts'
import { type Acknowledged, rememberAcknowledged } from './acknowledged.ts'
import { type BrokerKeeper, keepBroker } from './broker-keeper.ts'
import { type Keeper, keepProgram } from './program-keeper.ts'
import { type NetworkProxy, startProxy } from './proxy.ts'
import type { Program } from './schedule.ts'
import { type FileWatch, watchFiles } from './watch-files.ts'

/** Broker, proxy, producer and two consumers, and what is known of them. */
export type Site = {
  /** Of the partition files. */
  directory: string
  environment: NodeJS.ProcessEnv
  broker: BrokerKeeper
  proxy: NetworkProxy
  programs: Readonly<Record<Program, Keeper>>
  watch: FileWatch
  acknowledged: Acknowledged
  /** What must not be and was seen. */
  failures: string[]
  /** How often a producer gave up by itself, with a message, as it may when the broker is long away. */
  gaveUp: string[]
  /** Whether a producer that is started creates the topic anew: until one has done so. */
  topic: { isToBeMadeAnew: boolean }
  /** Aborts when the site is closed. */
  closed: AbortSignal
  /** Notes what is done and what is printed, for whom a failure puzzles. */
  note: (line: string) => void
  close: () => Promise<void>
}

type Said = Pick<Site, 'failures' | 'gaveUp' | 'topic' | 'note'>

/**
 * Starts a broker behind a proxy. The programs are there, but do not run yet.
 *
 * @param folder of the site, which need not be there
 * @param delay seconds between the generator's days
 * @param note takes each line of what happens
 */
export async function openSite(folder: string, delay: string, note: Site['note']): Promise<Site> {
  const directory = join(folder, 'data')
  await mkdir(directory, { recursive: true })
  const acknowledged = rememberAcknowledged()
  const port = await freePort('127.0.0.1')
  const proxy = await startProxy(port, acknowledged.observe)
  const closing = new AbortController()
  const closed = closing.signal
  const broker = await keepBroker(join(folder, 'kafka'), port, proxy.address, closed)
  const environment = siteEnvironment(proxy.address, directory, delay)
  const said = { failures: [] as string[], gaveUp: [] as string[], topic: { isToBeMadeAnew: true }, note }
  const programs = makePrograms(environment, said)
  const watch = watchFiles(directory, (what) => said.failures.push(what))
  const close = async () => {
    closing.abort()
    watch.stop()
    await Promise.all(Object.values(programs).map((keeper) => keeper.close()))
    await proxy.close()
    await broker.broker().kill()
  }
  return { directory, environment, broker, proxy, programs, watch, acknowledged, ...said, closed, close }
}

function siteEnvironment(address: string, directory: string, delay: string): NodeJS.ProcessEnv {
  const own = { TOPIC: 'temperatures', AUTOGRADER_DELAY_OVERRIDE_VAL: delay, NODE_TEST_CONTEXT: undefined }
  return { ...programEnvironment(directory, address), ...own }
}

function makePrograms(environment: NodeJS.ProcessEnv, said: Said): Site['programs'] {
  const make = (name: Program, file: string, args: () => string[]) =>
    keepProgram({
      ...{ file, args, environment },
      onLine: (line) => said.note(`${name}: ${line}`),
      onNotice: ({ kind }) => {
        if (kind === 'topic opened') said.topic.isToBeMadeAnew = false
      },
      onEnd: (exit, tail) => judgeEnd(name, exit, tail, said),
    })
  return {
    producer: make('producer', 'producer.ts', () => (said.topic.isToBeMadeAnew ? [] : ['--append'])),
    'consumer 0 2': make('consumer 0 2', 'consumer.ts', () => ['0', '2']),
    'consumer 1 3': make('consumer 1 3', 'consumer.ts', () => ['1', '3']),
  }
}

/** A consumer never ends by itself; a producer may give up, with a message and exit code 1. */
function judgeEnd(name: Program, { code, signal }: Exit, tail: readonly string[], said: Said): void {
  if (signal === 'SIGUSR2') return // A jump of the clock that came before the program could take it.
  const isDefect = code !== 1 || tail.some((line) => /^ {4}at /.test(line))
  said.note(`${name} ended by itself: exit code ${code}, signal ${signal}`)
  if (name === 'producer' && !isDefect) said.gaveUp.push(tail.at(-1) ?? '')
  else
    said.failures.push(
      `${name} ended by itself (exit code ${code}, signal ${signal}):\n    ${tail.slice(-8).join('\n    ')}`,
    )
}
