import { setTimeout as sleep } from 'node:timers/promises'
import { type Base, type Broker, metadataV12 } from '@platformatic/kafka'

/** What a broker knows of a topic: of the same topic, the higher sum of its partitions' leader epochs is the newer. */
export type View = { topicId: string; epochs: number }

/** What brokers have answered, by host:port. */
export type Survey = ReadonlyMap<string, View>

/** How well a broker knows the topic: those that know most come first, and those that are behind last. */
export const standings = { newest: 0, silent: 1, behind: 2 }

const everyMs = 5000
const patienceMs = 1000

/**
 * Asks all brokers of a cluster what they know of a topic, again after 5 s.
 *
 * A broker that is cut off from the others goes on answering from what it knew, for as long as that lasts: it names
 * leaders that are none any more, itself among them. Only others can tell.
 *
 * @returns a function that gives the answers as soon as most brokers know the same topic, at the latest after 1 s
 */
export function startSurveys(client: Base, topic: string): (brokers: readonly Broker[]) => Promise<Survey> {
  const asked = new Set<string>()
  let surveyedAt = Number.NEGATIVE_INFINITY
  let survey: Promise<Survey>
  return (brokers) => {
    if (performance.now() - surveyedAt > everyMs) {
      surveyedAt = performance.now()
      survey = askAll(client, topic, brokers, asked)
    }
    return survey
  }
}

/** Says how well a broker knows the topic, next to the others. */
export function standingOf(survey: Survey, name: string): number {
  const view = survey.get(name)
  if (!view) return standings.silent
  const same = largestGroup(survey)
  const newest = Math.max(...same.map(({ epochs }) => epochs))
  return view.topicId === same[0]!.topicId && view.epochs === newest ? standings.newest : standings.behind
}

/** Names a broker as surveys do. */
export function nameOf({ host, port }: Broker): string {
  return `${host}:${port}`
}

/** @param asked those that have not answered an earlier survey; they are not asked again before they do */
async function askAll(client: Base, topic: string, brokers: readonly Broker[], asked: Set<string>) {
  const survey = new Map<string, View>()
  const agreed = Promise.withResolvers<void>()
  const ask = async (broker: Broker) => {
    const name = nameOf(broker)
    asked.add(name)
    try {
      survey.set(name, await askOne(client, topic, broker))
      if (largestGroup(survey).length * 2 > brokers.length) agreed.resolve()
    } catch {
      // It has no view then; that it is in trouble is told by whoever needs it.
    } finally {
      asked.delete(name)
    }
  }
  const all = Promise.all(brokers.filter((broker) => !asked.has(nameOf(broker))).map(ask))
  await Promise.race([all, agreed.promise, sleep(patienceMs, undefined, { ref: false })])
  return survey
}

async function askOne(client: Base, topic: string, broker: Broker): Promise<View> {
  const connection = await client.connections.get(broker)
  const answer = await metadataV12.api.async(connection, [topic], false, false).catch(answerInError)
  const { topicId, partitions } = answer.topics[0]!
  return { topicId, epochs: partitions.reduce((sum, { leaderEpoch }) => sum + leaderEpoch, 0) }
}

/** The library makes an error of an answer in which the topic is not there, or a partition has no leader. */
function answerInError(error: unknown): metadataV12.MetadataResponse {
  const { response } = error as { response?: metadataV12.MetadataResponse }
  if (response) return response
  throw error
}

/** The views of that topic which most brokers name. */
function largestGroup(survey: Survey): View[] {
  const groups = Map.groupBy(survey.values(), ({ topicId }) => topicId)
  return [...groups.values()].reduce((most, group) => (group.length > most.length ? group : most), [])
}
