import { waitFor } from '../test/support/wait-for.ts'
import { inflictAll, type Tally } from './inflict.ts'
import { type Judgement, judge, judgeArchive } from './judge.ts'
import { lanes, type Round } from './schedule.ts'
import type { Site } from './site.ts'

/** What is carried from round to round. */
export type Course = {
  tally: Tally
  last: Judgement | undefined
  /** The folders of the archive that were judged. */
  archives: Set<string>
}

const progressDeadlineMs = 90_000
const liveDays = 100

/**
 * Inflicts a round's faults on all at once, heals, waits for all to go on, stops the producer and judges.
 *
 * Begins with a producer that does not run. What must not be stands in the site's failures.
 */
export async function runRound(site: Site, round: Round, course: Course): Promise<Judgement> {
  const isFirst = course.last === undefined
  site.course.recreates = isFirst || round.recreates
  if (site.course.recreates) site.acknowledged.forget()
  site.producer.resume()
  if (isFirst) for (const consumer of Object.values(site.consumers)) consumer.resume()
  await Promise.all(lanes.map((lane) => inflictAll(site, lane, round.faults[lane], course.tally)))
  if (round.recreates) course.tally.done.set('recreate', (course.tally.done.get('recreate') ?? 0) + 1)
  site.note('healed')
  const before = site.acknowledged.count()
  await waitFor(
    `${liveDays} records acknowledged after all was healed`,
    () => !site.course.recreates && site.acknowledged.count() > before + liveDays,
    progressDeadlineMs,
  )
  const { code, signal } = await site.producer.pause()
  if (code !== 0) site.failures.push(`producer did not stop well: exit code ${code}, signal ${signal}`)
  const judgement = await judge(site)
  site.failures.push(...judgement.failures)
  if (round.recreates && course.last && course.last.records.length > 0)
    site.failures.push(...judgeArchive(site.directory, course.archives, course.last.records))
  course.last = judgement
  return judgement
}
