import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Base,
  type Broker,
  ConnectionPool,
  GenericError,
  kOptions,
  metadataV12,
} from '@platformatic/kafka'
import { addressOf } from '../core/address.ts'

/** What a broker knows of a topic; of the same topic, the higher sum of its partitions' leader epochs is the newer. */
type View = { topicId: string; epochs: number }

type Surveyed = { broker: Broker; view?: View }

/** All brokers that are known, by address, each with what it has answered; without a view if it has not. */
export type Survey = ReadonlyMap<string, Surveyed>

/** How well a broker knows the topic: those that know most come first, those that are behind are not asked. */
export const standings = { newest: 0, silent: 1, behind: 2 }

const everyMs = 5000
const patienceMs = 1000
const laterPatienceMs = 100

/**
 * Asks all brokers of a cluster what they know of a topic, again after 5 s, for as long as the client is open.
 *
 * A broker that is cut off from the others goes on answering from what it knew, for as long as that lasts: it names
 * leaders that are none any more, itself among them. Only others can tell.
 *
 * @returns a function that gives the newest survey. Only the first one is waited for, 2 s a round of questions at
 *   most: who does not answer shall not hold up every later question too
 */
export function startSurveys(client: Base, topic: string): (known: readonly Broker[]) => Promise<Survey> {
  const limits = { connectTimeout: patienceMs, requestTimeout: patienceMs }
  // Its own connections, so that no survey stands behind a long request, and none that times out ends another.
  const pool = new ConnectionPool(client.clientId, { ...client[kOptions], ...limits })
  client.once('client:close', () => pool.close(() => {}))
  let begunAt = Number.NEGATIVE_INFINITY
  let next: Promise<Survey> | undefined
  let last: Survey | undefined
  const begin = async (known: readonly Broker[]) => {
    begunAt = performance.now()
    last = await askAll(pool, topic, known)
    next = undefined
    return last
  }
  return async (known) => {
    if (performance.now() - begunAt > everyMs) next ??= begin(known)
    if (!last) return next!
    if (next) await Promise.race([next, sleep(laterPatienceMs, undefined, { ref: false })])
    return last
  }
}

/** Makes the function that says how well a broker, by its address, knows the topic next to the others. */
export function standingsIn(survey: Survey): (address: string) => number {
  const same = largestGroup(survey)
  const newest = Math.max(...same.map(({ epochs }) => epochs))
  return (address) => {
    const view = survey.get(address)?.view
    if (!view) return standings.silent
    return view.topicId === same[0]!.topicId && view.epochs === newest ? standings.newest : standings.behind
  }
}

/** Asks those known, and those that they name; has come to its end once most know the same topic, or all were asked. */
async function askAll(pool: ConnectionPool, topic: string, known: readonly Broker[]): Promise<Survey> {
  const survey = new Map<string, Surveyed>()
  const agreed = Promise.withResolvers<void>()
  const askEach = async (brokers: readonly Broker[]): Promise<void> => {
    const further = brokers.filter((broker) => !survey.has(addressOf(broker)))
    for (const broker of further) survey.set(addressOf(broker), { broker })
    await Promise.all(further.map(ask))
  }
  const ask = async (broker: Broker) => {
    const answer = await pool
      .get(broker)
      .then((connection) => metadataV12.api.async(connection, [topic], false, false))
      .catch(answerInError)
    if (!answer) return
    survey.set(addressOf(broker), { broker, view: viewIn(answer) })
    const asking = askEach(answer.brokers)
    if (largestGroup(survey).length * 2 > survey.size) agreed.resolve()
    await asking
  }
  await Promise.race([askEach(known), agreed.promise])
  return survey
}

function viewIn({ topics }: metadataV12.MetadataResponse): View {
  const { topicId, partitions } = topics[0]!
  return { topicId, epochs: partitions.reduce((sum, { leaderEpoch }) => sum + leaderEpoch, 0) }
}

/** The library makes an error of an answer in which the topic is not there, or a partition has no leader. */
function answerInError(error: GenericError): metadataV12.MetadataResponse | undefined {
  if (!GenericError.isGenericError(error)) throw error
  return error.response as metadataV12.MetadataResponse | undefined
}

/** The views of that topic which most brokers name. */
function largestGroup(survey: Survey): View[] {
  const views = survey
    .values()
    .map(({ view }) => view)
    .filter((view) => view !== undefined)
  const groups = Map.groupBy(views, ({ topicId }) => topicId)
  return [...groups.values()].reduce((most, group) => (group.length > most.length ? group : most), [])
}
