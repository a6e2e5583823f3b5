import { type Base, type Broker, kGetBootstrapConnection, kOptions } from '@platformatic/kafka'

/**
 * Has a client put its questions to the broker with which there was no trouble for the longest time.
 *
 * By itself the library begins with the first broker of its list each time: one that hangs, so that it takes connections
 * and answers nothing, would keep the client from a cluster that has long gone on without it.
 *
 * @param client any client of the library
 */
export function askAnotherAfterTrouble(client: Base): void {
  const troubles = new Map<string, number>()
  let count = 0
  const noteTrouble = ({ broker }: { broker: Broker }) => troubles.set(nameOf(broker), ++count)
  client.on('client:broker:failed', noteTrouble)
  client.on('client:broker:disconnect', noteTrouble)
  client[kGetBootstrapConnection] = (callback, attempt = 0) => {
    const known = knownBrokers(client)
    // Another try begins with another of those that are as good: what the first one answered was of no use.
    const turned = known.map((_, i) => known[(i + attempt) % known.length]!)
    const lastTrouble = (broker: Broker) => troubles.get(nameOf(broker)) ?? 0
    const brokers = turned.sort((a, b) => lastTrouble(a) - lastTrouble(b))
    client.connections.getFirstAvailable(brokers, callback)
  }
}

function knownBrokers(client: Base): Broker[] {
  const { bootstrapBrokers } = client[kOptions]
  const named = bootstrapBrokers.map((broker) => (typeof broker === 'string' ? parse(broker) : broker))
  const found = client.currentMetadata?.brokers.values() ?? []
  return [...new Map([...named, ...found].map((broker) => [nameOf(broker), broker])).values()]
}

function parse(server: string): Broker {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(server)!
  return { host: host!, port: Number(port) }
}

function nameOf({ host, port }: Broker): string {
  return `${host}:${port}`
}
