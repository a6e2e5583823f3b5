import { OperatingError } from '../core/program.ts'
import type { BrokerSettings } from '../core/settings.ts'
import { Cluster } from '../kafka/cluster.ts'
import { retry } from '../kafka/retry.ts'
import type { DailyHigh } from '../observations/observations.ts'
import { explain } from '../topic/connect.ts'
import { lookUpLogSource } from '../topic/log-source.ts'
import { type NewestDates, readNewestDates } from '../topic/newest-dates.ts'
import { describeSource, mayFollow, type Source } from '../weather/source.ts'
import { readLoggedDays } from './differences.ts'

/** What the log holds, as far as it matters to who goes on with it. */
export type Logged = {
  topic: string
  newestDates: NewestDates
  /** Those of the days to be sent that it holds already, with its values. */
  days: Map<string, number>
  /** Where its days come from; undefined when it does not say so. */
  source: Source | undefined
}

const otherwise = 'To start over, omit --append: this recreates the topic. To keep both, set another TOPIC.'
// So few days may all have been revised.
const commonMin = 30

/** What is to be appended: to which topic, days of which source. */
export type Appending = { topic: string; id: string; source: Source; days: readonly DailyHigh[] }

/**
 * Reads what a topic's log holds, before days are appended to it.
 *
 * @throws OperatingError when it is of another station, or when generated weather would follow on a station's or the
 *   other way round: nothing afterwards could tell them apart; or when most days differ from those it has
 */
export async function readLogged(settings: BrokerSettings, appending: Appending): Promise<Logged> {
  const cluster = new Cluster(settings, 'almanac-producer')
  try {
    return await readLoggedBy(cluster, appending)
  } finally {
    cluster.close()
  }
}

async function readLoggedBy(cluster: Cluster, { topic, id, source, days }: Appending): Promise<Logged> {
  const first = await retry(`Reading the first record of ${topic}`, () =>
    lookUpLogSource(cluster, topic, id, new AbortController().signal),
  )
  checkSource(topic, first?.source, source)
  const reading = readNewestDates(cluster, topic, id)
  const newestDates = await reading.catch(explain(`Reading the newest dates of ${topic}`))
  // Without it, days of anybody might follow here on those of another.
  if (!first && newestDates.some((date) => date !== undefined))
    throw new OperatingError(`Reading the first record of ${topic} failed. Nothing has been sent. Try again.`)
  console.log(`Appending after ${newestDates.map((date) => date ?? 'nothing').join(', ')}.`)
  const comparing = readLoggedDays(cluster, topic, id, days, newestDates)
  const logged = await comparing.catch(explain(`Comparing with the log of ${topic}`))
  checkAlike(topic, days, logged)
  // A log that does not say whose its first days are is not given a name by later ones.
  return { topic, newestDates, days: logged, source: first ? first.source : source }
}

/**
 * Checks that days are of the source that the log says, and mostly those that it holds.
 *
 * @throws OperatingError when they are another station's, or in another unit
 */
export function checkFollows(logged: Logged, source: Source, days: readonly DailyHigh[]): void {
  checkSource(logged.topic, logged.source, source)
  checkAlike(logged.topic, days, logged.days)
}

function checkSource(topic: string, before: Source | undefined, after: Source): void {
  if (before && !mayFollow(after, before)) throw anotherSource(topic, before, after)
}

/** A revision changes some days: where most of them differ, these are another station's, or in another unit. */
function checkAlike(topic: string, days: readonly DailyHigh[], logged: ReadonlyMap<string, number>): void {
  const common = days.filter(({ date }) => logged.has(date))
  const differing = common.filter(({ date, degrees }) => logged.get(date) !== degrees)
  if (common.length < commonMin || differing.length * 2 <= common.length) return
  throw new OperatingError(
    `Topic ${topic} holds other values for ${differing.length} of the ${common.length} days that it has in common with ` +
      `these observations: is this the same station, in the same unit? --check shows how they were read. Nothing has been sent. ${otherwise}`,
  )
}

function anotherSource(topic: string, before: Source, after: Source): OperatingError {
  const found = `expected the same to follow, found ${withId(after)}`
  return new OperatingError(
    [
      `Topic ${topic} holds ${withId(before)}: ${found}. Nothing has been sent.`,
      ...howToFollow(before, after),
      otherwise,
    ].join(' '),
  )
}

/** What makes days follow on that are of the same station after all. */
function howToFollow(before: Source, after: Source): string[] {
  if (before.kind === 'synthetic' || after.kind === 'synthetic' || (before.id && after.id)) return []
  if (before.name) return [`If these are of that station, say so: --name ${JSON.stringify(before.name)}.`]
  if (!before.id && !after.id) return ['If these are of that station, omit --name.']
  return ['One of the two names no station, so nothing tells whether they are the same.']
}

/**
 * Says when a log's label does not fit days that follow on in it: it stays as it is.
 *
 * @returns undefined when it fits
 */
export function describeMislabelled(before: Source | undefined, after: Source): string | undefined {
  if (!before?.dataset || before.dataset === after.dataset) return undefined
  return (
    `The log is labelled as days of ${before.dataset} alone, and these are not. They are sent, and shown under that label. ` +
    'To keep them apart, send them to another TOPIC.'
  )
}

function withId(source: Source): string {
  const named = describeSource(source)
  return source.id && source.name ? `${named} (${source.id})` : named
}
