/** What differs from broker to broker; all else is the same for each. */
export type ServerSettings = {
  /** The address to listen on; 0.0.0.0 for all. */
  host: string
  port: number
  /** Where the controller, part of the same process, listens: always loopback. */
  controllerPort: number
  /** host:port that clients are told to connect to. */
  advertised: string
  /** Ports of further listeners by name, such as SASL_SSL; what they need stands in `properties`. */
  listeners?: Readonly<Record<string, number>>
  /** Which node of a cluster this is; the only one of its own by default. */
  node?: ClusterPlace
  /** Further properties of Kafka's, or other values for those given here. */
  properties?: Readonly<Record<string, string>>
}

/** A node's place in a cluster whose nodes are all broker and controller. */
export type ClusterPlace = {
  /** From 1. */
  id: number
  /** Of all nodes in the order of their ids, this one's included. */
  controllerPorts: readonly number[]
}

/** The folder of the log, in the broker's own; relative, so that a broker's folder can be moved. */
export const dataFolder = 'data'

/**
 * Writes the text of `server.properties` for a node that is broker and controller.
 *
 * @see {@link https://kafka.apache.org/documentation/#brokerconfigs} for the names
 */
export function serverProperties(settings: ServerSettings): string {
  const all = { ...fixed, ...addresses(settings), ...place(settings), ...settings.properties }
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`
}

function addresses({ host, port, controllerPort, advertised, listeners = {} }: ServerSettings) {
  const further = Object.entries(listeners).map(([name, port]) => `${name}://${host}:${port}`)
  return {
    listeners: [`PLAINTEXT://${host}:${port}`, `CONTROLLER://127.0.0.1:${controllerPort}`, ...further].join(
      ',',
    ),
    'advertised.listeners': [`PLAINTEXT://${advertised}`, ...further].join(','),
  }
}

function place({ controllerPort, node }: ServerSettings) {
  const { id, controllerPorts } = node ?? { id: 1, controllerPorts: [controllerPort] }
  const replicas = Math.min(controllerPorts.length, 3)
  return {
    'node.id': id,
    // Static voters: with dynamic ones the log would remember these ports, and the folder be bound to them.
    'controller.quorum.voters': controllerPorts.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join(','),
    ...kafkasOwnTopics(replicas),
    ...(replicas > 1 && onMajority(replicas)),
  }
}

/** Few of their partitions are needed, on as many nodes as there are, up to three. */
function kafkasOwnTopics(replicas: number) {
  const inSync = majorityOf(replicas)
  return {
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
  }
}

/** Has each record on a majority before it is acknowledged. To be there at the first start: Kafka keeps it then. */
function onMajority(replicas: number) {
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': majorityOf(replicas),
    'unclean.leader.election.enable': 'false',
  }
}

function majorityOf(replicas: number): number {
  return Math.floor(replicas / 2) + 1
}

const fixed = {
  'process.roles': 'broker,controller',
  'log.dirs': dataFolder,
  'listener.security.protocol.map':
    'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
  'inter.broker.listener.name': 'PLAINTEXT',
  'controller.listener.names': 'CONTROLLER',
  // A misspelt topic shall be an error, not a new topic of one partition.
  'auto.create.topics.enable': 'false',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'log.cleaner.dedupe.buffer.size': '2097152',
  'log.segment.bytes': '67108864',
  // The first of a group's consumers need not wait for others.
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // After a SIGKILL a broker waits until its former self has timed out: 3 s rather than 9.
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '3000',
}
