import { type Address, addressOf, parseAddress } from '../core/address.ts'
import { OperatingError } from '../core/program.ts'
import type { BrokerSettings } from '../core/settings.ts'
import { type Exchange, errorName } from './api.ts'
import { awaitBroker } from './await-broker.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import { listOffsetsExchange, type OffsetAt } from './list-offsets.ts'
import { type Metadata, metadataExchange, type Topic, type TopicPartition } from './metadata.ts'
import { isNetworkError, NetworkError, reason } from './network-error.ts'

/** Offsets of a partition's log: from `logStart` up to and without `logEnd`. */
export type LogRange = { logStart: number; logEnd: number }

// How long a survey waits for brokers that are silent, once one has answered.
const silenceMs = 1000
// By then an address that can be reached has answered, or refused.
const connectedMs = 1000

/**
 * The brokers of a cluster, asked over connections of our own.
 *
 * Each question about a topic goes to all brokers at once. One that is cut off from the others goes on answering from
 * what it knew, and names leaders that are none any more, itself among them: only others can tell.
 */
export class Cluster {
  readonly settings: BrokerSettings
  readonly #clientId: string
  /** The brokers that the user named. */
  readonly #bootstrap: readonly Address[]
  /** All brokers we know of, by address: those, and the ones that they named last. */
  #brokers: Map<string, Address>
  readonly #connections = new Map<string, Connection>()
  #isClosed = false

  /** @param clientId names this program in the broker's logs */
  constructor(settings: BrokerSettings, clientId: string) {
    this.settings = settings
    this.#clientId = clientId
    this.#bootstrap = settings.bootstrapBrokers.map(parseAddress)
    this.#brokers = byAddress(this.#bootstrap)
  }

  /** Opens a connection for its caller alone, who closes it: a long poll would hold up every other question. */
  connect(address: Address, options: Partial<ConnectionOptions> = {}): Connection {
    return new Connection(address, { settings: this.settings, clientId: this.#clientId, ...options })
  }

  /** Sends a request to a broker, over the connection that is kept for questions to it. */
  ask<Response>(address: Address, exchange: Exchange<Response>): Promise<Response> {
    const name = addressOf(address)
    // Whoever asks late must not open what nobody closes: the process would never end.
    if (this.#isClosed) return Promise.reject(new NetworkError('The client is closed'))
    const open = this.#connections.get(name)
    if (open?.isUsable) return open.request(exchange)
    open?.close()
    const connection = this.connect(address)
    this.#connections.set(name, connection)
    return connection.request(exchange)
  }

  /**
   * Asks the brokers for the topic of that name.
   *
   * The topic is the one that most of them know; each partition's leader the one of the newest epoch that any of them
   * knows. Brokers that are silent are waited for 1 s, until most of all have answered alike.
   *
   * @returns undefined when there is no topic of that name
   * @throws NetworkError when no broker answers; OperatingError when one refuses us and none answers
   */
  async describeTopic(name: string): Promise<Topic | undefined> {
    return agreedTopic(await this.#survey(name))
  }

  /**
   * Asks a partition's leader which offsets its log holds.
   *
   * @param led who leads the partition, as metadata has it
   * @param isolation whether the log ends for us at its last stable offset, or at its high watermark
   * @throws NetworkError also when nobody leads the partition now, or another broker does
   */
  async readLogRange(
    name: string,
    partition: number,
    led: TopicPartition,
    isolation: 'committed' | 'uncommitted' = 'committed',
  ): Promise<LogRange> {
    const { leader, leaderEpoch } = led
    if (!leader) throw new NetworkError(`${name}/${partition} has no leader now`)
    const offsetAt = async (at: OffsetAt) => {
      const exchange = listOffsetsExchange(name, partition, leaderEpoch, at, isolation)
      const { errorCode, offset } = await this.ask(leader, exchange)
      if (errorCode === 0) return offset
      throw new NetworkError(
        `${addressOf(leader)} answers a look at its offsets with ${errorName(errorCode)}`,
      )
    }
    const [logStart, logEnd] = await Promise.all([offsetAt('start'), offsetAt('end')])
    return { logStart, logEnd }
  }

  /**
   * Waits until a broker answers, saying so once if that is not at once.
   *
   * @throws OperatingError after 30 s without an answer, or at once when the broker refuses us (TLS, SASL, its version)
   */
  async waitForBroker(topicName: string, signal: AbortSignal): Promise<void> {
    const ask = () => this.describeTopic(topicName)
    await awaitBroker(this.settings.bootstrapBrokers, ask, isNetworkError, signal)
    this.sayIfUnreachable(topicName)
  }

  /**
   * Says, within 5 s, when the brokers do not answer at the addresses that they tell their clients to use: everything else
   * would wait for them.
   */
  async sayIfUnreachable(topicName: string): Promise<void> {
    const begin = performance.now()
    try {
      // A connection may be cut off once; an address that is wrong fails again.
      await this.#askNamed(topicName).catch((error: unknown) => {
        if (performance.now() - begin > connectedMs) throw error
        return this.#askNamed(topicName)
      })
    } catch (error) {
      // No answer to the survey: the caller's own requests tell of a broker that has gone since.
      if (!(error instanceof AggregateError) || this.#isClosed) return
      const why = error.errors.map((one) => reason(one)).join('; ')
      console.error(
        `The broker at ${this.settings.bootstrapBrokers.join(',')} tells its clients to use an address that does not ` +
          `answer (${why}). Check the broker's advertised.listeners, and whether that address can be reached from here.`,
      )
    }
  }

  /** Asks the brokers at the addresses that they name, if the user has not named these. The first answer will do. */
  async #askNamed(topicName: string): Promise<void> {
    const answers = await this.#survey(topicName)
    const named = byAddress(answers.flatMap(({ brokers }) => brokers))
    for (const broker of this.#bootstrap) named.delete(addressOf(broker))
    const asking = [...named.values()].map((broker) => this.ask(broker, metadataExchange(topicName)))
    if (asking.length > 0) await Promise.any(asking)
  }

  /** Closes the connections that are kept here; those of `connect` are their callers'. */
  close(): void {
    this.#isClosed = true
    for (const connection of this.#connections.values()) connection.close()
  }

  /** Asks all brokers known, and those that they name, until most answer alike or all have answered. */
  #survey(topicName: string): Promise<Metadata[]> {
    const exchange = metadataExchange(topicName)
    const answers: Metadata[] = []
    const errors: unknown[] = []
    const asked = new Set<string>()
    const known = new Map(this.#brokers)
    const survey = Promise.withResolvers<Metadata[]>()
    let silence: NodeJS.Timeout | undefined
    const conclude = () => {
      const groups = Map.groupBy(answers, ({ topic }) => topic?.id)
      const isMajority = groups.values().some((group) => group.length * 2 > asked.size)
      if (isMajority || answers.length + errors.length === asked.size) settle()
      else if (answers.length > 0) silence ??= setTimeout(settle, silenceMs)
    }
    const settle = () => {
      clearTimeout(silence)
      if (answers.length > 0) {
        // A broker that has left the cluster is forgotten.
        this.#brokers = byAddress([...this.#bootstrap, ...answers.flatMap(({ brokers }) => brokers)])
        survey.resolve(answers)
      }
      // A refusal is what the user must hear of, and not that another broker is away.
      else survey.reject(errors.find((error) => error instanceof OperatingError) ?? errors.at(-1))
    }
    const askAll = () => {
      for (const [address, broker] of known) {
        if (asked.has(address)) continue
        asked.add(address)
        this.ask(broker, exchange).then(
          (answer) => {
            answers.push(answer)
            for (const named of answer.brokers) known.set(addressOf(named), named)
            askAll()
            conclude()
          },
          (error: unknown) => {
            errors.push(error)
            conclude()
          },
        )
      }
    }
    askAll()
    return survey.promise
  }
}

function byAddress(addresses: readonly Address[]): Map<string, Address> {
  return new Map(addresses.map((address) => [addressOf(address), address]))
}

/** The topic that most brokers know, each partition with the leader of the newest epoch that any of them knows. */
export function agreedTopic(answers: readonly Metadata[]): Topic | undefined {
  const groups = [...Map.groupBy(answers, ({ topic }) => topic?.id).values()]
  const largest = groups.reduce((most, group) => (group.length > most.length ? group : most))
  const topics = largest.flatMap(({ topic }) => topic ?? [])
  return topics.reduce<Topic | undefined>((known, topic) => (known ? newest(known, topic) : topic), undefined)
}

function newest(known: Topic, other: Topic): Topic {
  const partitions = known.partitions.map((partition, index) => {
    const found = other.partitions[index]
    return found && found.leaderEpoch > partition.leaderEpoch ? found : partition
  })
  return { ...known, partitions, brokers: Math.max(known.brokers, other.brokers) }
}
