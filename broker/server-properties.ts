/** What differs from broker to broker; all else is the same for each. */
export type ServerSettings = {
  /** The address to listen on; 0.0.0.0 for all. */
  host: string
  port: number
  /** Where the controller, part of the same process, listens: always loopback. */
  controllerPort: number
  /** host:port that clients are told to connect to. */
  advertised: string
  /** Further properties of Kafka's, or other values for those given here. */
  properties?: Readonly<Record<string, string>>
}

/** The folder of the log, in the broker's own; relative, so that a broker's folder can be moved. */
export const dataFolder = 'data'

/**
 * Writes the text of `server.properties` for a single node that is broker and controller.
 *
 * @see {@link https://kafka.apache.org/documentation/#brokerconfigs} for the names
 */
export function serverProperties(settings: ServerSettings): string {
  const all = { ...fixed, ...addresses(settings), ...settings.properties }
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`
}

function addresses({ host, port, controllerPort, advertised }: ServerSettings) {
  return {
    listeners: `PLAINTEXT://${host}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${advertised}`,
    // Static voters: with dynamic ones the log would remember this port, and the folder be bound to it.
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  }
}

const fixed = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'log.dirs': dataFolder,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
  'controller.listener.names': 'CONTROLLER',
  // A misspelt topic shall be an error, not a new topic of one partition.
  'auto.create.topics.enable': 'false',
  // One node holds the only replica of Kafka's own topics, and few of them are needed.
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.num.partitions': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'log.cleaner.dedupe.buffer.size': '2097152',
  'log.segment.bytes': '67108864',
  // The first of a group's consumers need not wait for others.
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // After a SIGKILL a broker waits until its former self has timed out: 3 s rather than 9.
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '3000',
}
