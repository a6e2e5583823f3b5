import { type Base, type Broker, kGetBootstrapConnection, kOptions } from '@platformatic/kafka'
import { addressOf, parseAddress } from '../core/address.ts'
import { type Survey, standings, standingsIn, startSurveys } from './survey.ts'

/**
 * Has a client put its questions to the broker that knows most of a topic, and of several such to the one with which
 * there was no trouble for the longest time.
 *
 * By itself the library begins with the first broker of its list each time: one that hangs, so that it takes connections
 * and answers nothing, or one that is cut off from the others, would keep the client from a cluster that has long gone on
 * without it.
 *
 * @param client any client of the library
 * @param topic that its questions are about
 */
export function askBestBroker(client: Base, topic: string): void {
  const troubles = new Map<string, number>()
  let count = 0
  const noteTrouble = ({ broker }: { broker: Broker }) => troubles.set(addressOf(broker), ++count)
  client.on('client:broker:failed', noteTrouble)
  client.on('client:broker:disconnect', noteTrouble)
  const surveyed = startSurveys(client, topic)
  client[kGetBootstrapConnection] = (callback, attempt = 0) => {
    const known = knownBrokers(client)
    const connect = (survey: Survey) => {
      const all = unique([...known, ...survey.values().map(({ broker }) => broker)])
      // Another try begins with another of those that are as good: what the first one answered was of no use.
      const turned = all.map((_, i) => all[(i + attempt) % all.length]!)
      const standing = standingsIn(survey)
      const rank = (broker: Broker) => standing(addressOf(broker))
      const lastTrouble = (broker: Broker) => troubles.get(addressOf(broker)) ?? 0
      const brokers = turned.sort((a, b) => rank(a) - rank(b) || lastTrouble(a) - lastTrouble(b))
      const usable = brokers.filter((broker) => rank(broker) !== standings.behind)
      client.connections.getFirstAvailable(usable, callback)
    }
    // Of a cluster of one, nobody knows more.
    if (known.length === 1 && client.currentMetadata) connect(new Map())
    else surveyed(known).then(connect, callback)
  }
}

function knownBrokers(client: Base): Broker[] {
  const { bootstrapBrokers } = client[kOptions]
  const named = bootstrapBrokers.map((broker) => (typeof broker === 'string' ? parseAddress(broker) : broker))
  return unique([...named, ...(client.currentMetadata?.brokers.values() ?? [])])
}

function unique(brokers: readonly Broker[]): Broker[] {
  return [...new Map(brokers.map((broker) => [addressOf(broker), broker])).values()]
}
