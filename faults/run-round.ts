import { join } from 'node:path'
import { OperatingError } from '../files/lib/core/program.ts'
import { waitFor } from '../test/support/wait-for.ts'
import { inflictAll, type Tally } from './inflict.ts'
import { type Judgement, judge, judgeArchive } from './judge.ts'
import { lanes, type Round } from './schedule.ts'
import type { Site } from './site.ts'

/** What is carried from round to round. */
export type History = {
  /** What the producer is while all is judged. */
  producer: 'stopped' | 'frozen'
  tally: Tally
  last: Judgement | undefined
  /** The folders of the archive that were judged. */
  archives: Set<string>
}

const progressDeadlineMs = 300_000
const liveDays = 100

/** Begins with nothing done. */
export function beginHistory(producer: History['producer']): History {
  const tally = { done: new Map(), killedAfterWrite: 0 }
  return { producer, tally, last: undefined, archives: new Set() }
}

/**
 * Inflicts a round's faults on all at once, heals, waits for all to go on, and judges while the producer is still.
 *
 * @param where names the round in errors
 * @throws OperatingError with what must not be
 */
export async function runRound(
  site: Site,
  round: Round,
  history: History,
  where: string,
): Promise<Judgement> {
  const judgement = await inflictAndJudge(site, round, history).catch((cause: Error) => {
    throw failure(where, site, [...site.failures, cause.message])
  })
  if (site.failures.length > 0) throw failure(where, site, site.failures)
  return judgement
}

async function inflictAndJudge(site: Site, round: Round, history: History): Promise<Judgement> {
  const isFirst = history.last === undefined
  const { producer, ...consumers } = site.programs
  if (isFirst) for (const consumer of Object.values(consumers)) consumer.resume()
  if (isFirst || round.recreates) await recreate(site, history)
  else if (history.producer === 'stopped') producer.resume()
  await Promise.all(lanes.map((lane) => inflictAll(site, lane, round.faults[lane], history.tally)))
  if (round.recreates) history.tally.done.set('recreate', (history.tally.done.get('recreate') ?? 0) + 1)
  // What has failed already may never come to what is waited for now.
  if (site.failures.length > 0) throw new Error('It went no further.')
  site.note('healed')
  const before = site.acknowledged.count()
  await waitFor(
    `${liveDays} records acknowledged after all was healed`,
    () => !site.topic.isToBeMadeAnew && site.acknowledged.count() > before + liveDays,
    progressDeadlineMs,
  )
  const judgement = await (history.producer === 'stopped' ? judgeStopped(site) : judgeFrozen(site))
  site.failures.push(...judgement.failures)
  if (round.recreates && history.last && history.last.records.length > 0)
    site.failures.push(...judgeArchive(site.directory, history.archives, history.last.records))
  history.last = judgement
  return judgement
}

/** Has the producer create the topic anew, killed as it may be meanwhile. */
async function recreate(site: Site, history: History): Promise<void> {
  await site.programs.producer.pause()
  // The archive will be held against the log as it was last.
  if (history.last && history.producer === 'frozen') history.last = await judge(site)
  site.topic.isToBeMadeAnew = true
  site.acknowledged.forget()
  site.programs.producer.resume()
}

async function judgeStopped(site: Site): Promise<Judgement> {
  const { code, signal } = await site.programs.producer.pause()
  if (code !== 0) site.failures.push(`producer did not stop well: exit code ${code}, signal ${signal}`)
  return judge(site)
}

async function judgeFrozen(site: Site): Promise<Judgement> {
  const life = await site.programs.producer.running()
  process.kill(life.child.pid, 'SIGSTOP')
  try {
    return await judge(site)
  } finally {
    if (!life.hasEnded) process.kill(life.child.pid, 'SIGCONT')
  }
}

const listed = 10

function failure(where: string, site: Site, failures: readonly string[]): OperatingError {
  const list = failures
    .slice(0, listed)
    .map((what) => `  ${what}`)
    .join('\n')
  const more = failures.length > listed ? `\n  and ${failures.length - listed} more` : ''
  return new OperatingError(
    `${where}:\n${list}${more}\nWhat was done and printed: ${join(site.directory, '../events.log')}`,
  )
}
