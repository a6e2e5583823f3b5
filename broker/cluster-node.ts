import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { OperatingError } from '../files/lib/core/program.ts'
import type { Exit } from '../processes/child.ts'
import type { JvmOptions } from './jvm.ts'
import type { Kafka } from './kafka.ts'
import { launch } from './launch.ts'
import { expectFree } from './ports.ts'
import { dataFolder, type ServerSettings } from './server-properties.ts'
import type { Broker } from './start-broker.ts'
import { prepareFolder } from './storage.ts'

/** The JVM of a node that runs. */
type NodeProcess = Omit<Broker, 'address' | 'port' | 'version' | 'startedMs' | 'stop'> & {
  /** Stops it in good order; kills it after `graceMs`, 15 s by default. */
  stop: (graceMs?: number) => Promise<Exit>
}

/** A node of a cluster on this machine: broker and controller in one JVM, with a folder and ports it keeps. */
export type ClusterNode = {
  /** From 1, as Kafka names it in its metadata. */
  id: number
  /** host:port for clients. */
  address: string
  port: number
  /** Ports of its further listeners, by name. */
  listeners: Readonly<Record<string, number>>
  directory: string
  /** The JVM it was started with last; undefined before that. */
  process: () => NodeProcess | undefined
  /** Starts it and waits until clients can use it, for which a majority of the nodes must be up or starting. */
  start: () => Promise<void>
  /** Ends it by SIGKILL, if it runs. */
  kill: () => Promise<Exit | undefined>
  /** Throws away all that a node which is down had on its disk, its metadata too, as if the disk were new. */
  wipe: () => Promise<void>
}

/**
 * Makes a node; it is not started.
 *
 * @param options its signal ends a start that is under way, and any later one
 */
export function clusterNode(
  kafka: Kafka,
  directory: string,
  settings: ServerSettings,
  options: JvmOptions & { signal: AbortSignal },
): ClusterNode {
  const { host, port, node, listeners = {} } = settings
  const id = node!.id
  let jvm: NodeProcess | undefined
  let isUp = false
  const start = async () => {
    jvm = await startNode(kafka, directory, settings, options)
    isUp = true
    jvm.exited.then(() => (isUp = false))
  }
  const wipe = async () => {
    if (isUp) throw new OperatingError(`${directory}: node ${id} runs. Stop it before its data is removed.`)
    await rm(join(directory, dataFolder), { recursive: true, force: true })
  }
  const kill = async () => jvm?.kill()
  const address = `${host}:${port}`
  return { id, address, port, listeners, directory, process: () => jvm, start, kill, wipe }
}

async function startNode(
  kafka: Kafka,
  directory: string,
  settings: ServerSettings,
  options: JvmOptions & { signal: AbortSignal },
): Promise<NodeProcess> {
  await expectFree(settings.host, settings.port)
  await prepareFolder(directory, kafka.template, settings.node!.id)
  const started = await launch(kafka, directory, settings, options)
  if (!started.ready) throw started.failure
  return started.broker
}
