import { resolve } from 'node:path'
import type { OperatingError } from '../files/lib/core/program.ts'
import type { Exit } from '../processes/child.ts'
import { lostItsPort } from './failure.ts'
import type { JvmOptions } from './jvm.ts'
import { installKafka } from './kafka.ts'
import { launch } from './launch.ts'
import { expectFree, freePort } from './ports.ts'
import { prepareFolder } from './storage.ts'

/** Which broker to start. */
export type BrokerOptions = JvmOptions & {
  /** The broker's folder, made if need be: its log in `data/`, its properties, `server.log`. Not bound to the ports. */
  directory: string
  /** Where clients connect; 0 for any free port. */
  port: number
  /** The address to listen on, 127.0.0.1 by default; 0.0.0.0 for all. */
  host?: string | undefined
  /** host:port that clients are told to connect to; what it listens on by default (127.0.0.1 for all addresses). */
  advertised?: string | undefined
  /** When we are root: the user, `name` or `name:group`, that the JVM runs as. The folder must belong to it. */
  user?: string | undefined
  /** Of Kafka; by default the pinned one, which pom.xml names. Tried from 3.0 on. */
  version?: string | undefined
  /** Further properties of Kafka's, or other values for those of server-properties.ts. */
  properties?: Readonly<Record<string, string>> | undefined
  /** Ends the start, whatever it is at. Once started, the broker no longer heeds it. */
  signal?: AbortSignal | undefined
  /** Called with a line on what takes long; to standard error by default. */
  say?: ((line: string) => void) | undefined
}

/** A running broker. */
export type Broker = {
  /** host:port for clients on this machine. */
  address: string
  port: number
  pid: number
  version: string
  /** How long the start took, in milliseconds. */
  startedMs: number
  /** Stops it in good order; kills it after 15 s. Resolves when it has ended. */
  stop: () => Promise<Exit>
  /** Ends it by SIGKILL. What it acknowledged is with the operating system, and survives that. */
  kill: () => Promise<Exit>
  /** Resolves when it has ended, whoever ended it. */
  exited: Promise<Exit>
  /** Why it ended, in words, for one that was not stopped by us. */
  failure: () => Promise<OperatingError>
}

const attempts = 5

/**
 * Starts an Apache Kafka broker and waits until clients can use it.
 *
 * Its first start on a machine fetches Kafka by Maven. It ends when this process does.
 *
 * @throws OperatingError with what to do: the port is taken, Java or Maven fail, the disk is full, the folder is in
 * use by a running broker, or the JVM ended, with the last lines of its log
 * @throws the signal's reason when that aborts
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const begin = performance.now()
  const { say = console.error, signal } = options
  const host = options.host ?? '127.0.0.1'
  const directory = resolve(options.directory)
  if (options.port !== 0) await expectFree(host, options.port)
  const kafka = await installKafka(say, signal, options.version)
  await prepareFolder(directory, kafka.template)
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort(host))
    const local = `${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
    const controllerPort = await freePort('127.0.0.1')
    const advertised = options.advertised ?? local
    const settings = { host, port, controllerPort, advertised, properties: options.properties ?? {} }
    const started = await launch(kafka, directory, settings, options)
    if (started.ready) {
      const startedMs = Math.round(performance.now() - begin)
      return { address: local, port, version: kafka.version, startedMs, ...started.broker }
    }
    if (!lostItsPort(started.lines) || attempt === attempts) throw started.failure
    if (options.port !== 0) await expectFree(host, options.port)
  }
}
