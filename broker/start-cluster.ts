import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatingError } from '../files/lib/core/program.ts'
import { type ClusterNode, clusterNode } from './cluster-node.ts'
import { installKafka, type Kafka } from './kafka.ts'
import { freePorts } from './ports.ts'
import { answersMetadata } from './ready.ts'
import type { ServerSettings } from './server-properties.ts'
import type { BrokerOptions } from './start-broker.ts'

const nodeCount = 3

/** Which cluster to start. */
export type ClusterOptions = Pick<BrokerOptions, 'heap' | 'properties' | 'signal'> & {
  /** The cluster's folder, made if need be; each node has one in it. Not bound to the ports. */
  directory: string
  /** Where clients connect to the first node, to the others at the ports after it; 0 for any free ports. */
  port: number
  /** Names of further listeners, such as SASL_SSL, at any free ports; what they need stands in `properties`. */
  listeners?: readonly string[] | undefined
  /** Properties of one node alone, by where it listens; they override `properties`. */
  propertiesOf?: (place: ServerSettings) => Promise<Record<string, string>>
}

/** A cluster on this machine. */
export type Cluster = {
  /** host:port of all nodes with commas between, as KAFKA_BOOTSTRAP_SERVERS takes them. */
  servers: string
  /** The same of a further listener. */
  serversOf: (listener: string) => string
  /** In the order of their ids, 1 first. */
  nodes: readonly ClusterNode[]
  version: string
  /** How long the start took, in milliseconds. */
  startedMs: number
  /** Stops all in good order, also what is starting. */
  stop: () => Promise<void>
  /** Ends all by SIGKILL. */
  kill: () => Promise<void>
}

const host = '127.0.0.1'
const knownMs = 30_000

/**
 * Starts a cluster of Kafka nodes on this machine, each broker and controller, and waits until each knows all.
 *
 * @throws OperatingError as startBroker does; nothing of the cluster is left running then
 * @throws the signal's reason when that aborts
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const begin = performance.now()
  const { signal } = options
  const kafka = await installKafka(console.error, signal)
  const over = new AbortController()
  const until = AbortSignal.any([over.signal, ...(signal ? [signal] : [])])
  const nodes = await makeNodes(kafka, options, until)
  const end = async (how: 'stop' | 'kill') => {
    over.abort()
    await Promise.allSettled(starting)
    await Promise.all(nodes.map((node) => node.process()?.[how]()))
  }
  const starting = nodes.map((node) => node.start())
  try {
    await Promise.all(starting)
    await untilAllKnown(nodes, until)
  } catch (error) {
    await end('kill')
    throw error
  }
  return {
    servers: nodes.map(({ address }) => address).join(','),
    serversOf: (listener) => nodes.map(({ listeners }) => `${host}:${listeners[listener]}`).join(','),
    nodes,
    version: kafka.version,
    startedMs: Math.round(performance.now() - begin),
    stop: () => end('stop'),
    kill: () => end('kill'),
  }
}

async function makeNodes(kafka: Kafka, options: ClusterOptions, signal: AbortSignal): Promise<ClusterNode[]> {
  const { properties = {}, propertiesOf, port, listeners: names = [] } = options
  const free = await freePorts(host, (2 + names.length) * nodeCount)
  const controllerPorts = free.splice(0, nodeCount)
  const making = controllerPorts.map(async (controllerPort, i) => {
    const ownPort = port === 0 ? free.pop()! : port + i
    const listeners = Object.fromEntries(names.map((name) => [name, free.pop()!]))
    const advertised = `${host}:${ownPort}`
    const node = { id: i + 1, controllerPorts }
    const place = { host, port: ownPort, controllerPort, advertised, listeners, node }
    const settings = { ...place, properties: { ...properties, ...(await propertiesOf?.(place)) } }
    const directory = join(resolve(options.directory), `node-${node.id}`)
    return clusterNode(kafka, directory, settings, { heap: '256m', ...options, signal })
  })
  return Promise.all(making)
}

/** A node that is ready itself may not have heard of the others yet. */
async function untilAllKnown(nodes: readonly ClusterNode[], signal: AbortSignal): Promise<void> {
  for (const { address, port } of nodes) {
    for (const deadline = Date.now() + knownMs; !(await answersMetadata(host, port, nodes.length)); ) {
      if (Date.now() > deadline)
        throw new OperatingError(`${address}: does not know all nodes after ${knownMs / 1000} s.`)
      await sleep(50, undefined, { signal })
    }
  }
}
