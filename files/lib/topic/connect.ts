import { type Base, findErrorBy, GenericError } from '@platformatic/kafka'
import { OperatingError } from '../core/program.ts'
import type { BrokerSettings } from '../core/settings.ts'
import { awaitBroker } from '../kafka/await-broker.ts'
import { Cluster } from '../kafka/cluster.ts'
import { NetworkError, reason } from '../kafka/network-error.ts'
import { adviceOnRefusal, refused } from '../kafka/refusal.ts'
import { expectRequests } from '../kafka/required-requests.ts'
import { askBestBroker } from './ask-best-broker.ts'

/**
 * Waits until a broker answers, saying so once if that is not at once. From here on the client turns away from a broker
 * that hangs or is cut off, to another of the cluster.
 *
 * @param client any client of the library, made with `retries: 0`-like patience of its own or not
 * @throws OperatingError after 30 s without an answer, or at once when the broker refuses us (TLS, SASL) or is too old
 */
export async function waitForBroker(
  client: Base,
  settings: BrokerSettings,
  topic: string,
  signal: AbortSignal,
): Promise<void> {
  askBestBroker(client, topic)
  const { bootstrapBrokers } = settings
  const servers = bootstrapBrokers.join(',')
  const ask = async () => {
    try {
      await client.metadata({ topics: [], forceUpdate: true, retries: 0 })
      expectRequests(await client.listApis(), servers)
    } catch (cause) {
      if (cause instanceof OperatingError) throw cause
      const advice = adviceOnRefusal(cause)
      throw advice || !isTransient(cause) ? refused(servers, cause, advice) : cause
    }
  }
  await awaitBroker(bootstrapBrokers, ask, isTransient, signal)
  const cluster = new Cluster(settings, 'almanac')
  cluster.sayIfUnreachable(topic).finally(() => cluster.close())
}

/** Whether an error of the client library may pass by itself: the network, a leader election, a broker's restart. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NetworkError) return true
  if (!(error instanceof Error && GenericError.isGenericError(error as GenericError))) return false
  return !findErrorBy(error, 'canRetry', false) || hasLeaderLeft(error)
}

/** The library takes a leader that has left the cluster since it last asked for the caller's mistake. */
function hasLeaderLeft(error: Error): boolean {
  return reason(error).startsWith('Cannot find broker with node id ')
}

/**
 * Makes a rejection handler that turns errors of the client library into one readable message; others it lets pass.
 *
 * @param what was tried, as in `Creating the topic`
 */
export function explain(what: string): (cause: unknown) => never {
  return (cause) => {
    const isKafka =
      cause instanceof NetworkError ||
      (cause instanceof Error && GenericError.isGenericError(cause as GenericError))
    throw isKafka ? new OperatingError(`${what} failed: ${reason(cause)}.`, { cause }) : cause
  }
}

/** Whether the cluster has no topic of that name: the library's only sign of it is this message. */
export function isUnknownTopic(error: unknown, topic: string): boolean {
  return reason(error) === `Unknown topic ${topic}`
}
