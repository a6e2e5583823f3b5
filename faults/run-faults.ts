import { appendFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { randomFrom } from '../test/support/seeded-random.ts'
import type { FaultOptions } from './fault-options.ts'
import { describeDone, type Kind } from './kinds.ts'
import { beginHistory, type History, runRound } from './run-round.ts'
import { drawRounds } from './schedule.ts'
import { openSite, type Site } from './site.ts'

/** What a run has come to. */
export type Outcome = {
  done: ReadonlyMap<Kind, number>
  killedAfterWrite: number
  reads: number
}

const roundMs = 40_000

/**
 * Makes a site, inflicts faults on it round by round, and judges after each.
 *
 * @throws OperatingError with the seed and what was wrong, after the first round in which anything was; the site's
 * folder then stays, with `events.log` in it
 */
export async function runFaults(
  options: FaultOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const folder = options.directory
    ? resolve(options.directory)
    : await mkdtemp(join(tmpdir(), 'almanac-faults-'))
  const events = join(folder, 'events.log')
  const site = await openSite(folder, String(options.delay), (line) =>
    appendFileSync(events, `${new Date().toISOString()} ${line}\n`),
  )
  const history = beginHistory('stopped')
  let isSound = false
  try {
    await runAll(site, history, options, say, signal)
    isSound = true
  } finally {
    await site.close()
    if (!isSound) say(`Until then:\n${describeDone(history.tally.done)}`)
    if (isSound && !options.directory) await rm(folder, { recursive: true, force: true })
  }
  const { done, killedAfterWrite } = history.tally
  return { done, killedAfterWrite, reads: site.watch.reads() }
}

async function runAll(
  site: Site,
  history: History,
  { seed, counts, minutes }: FaultOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const begin = Date.now()
  const isOver = () => Date.now() - begin >= (minutes ?? 0) * 60_000
  for (let again = 0; again === 0 || !isOver(); again++) {
    const rounds = drawRounds(randomFrom((seed + again) % 2 ** 32), counts, roundMs)
    for (const [index, round] of rounds.entries()) {
      const where = `seed ${seed + again}, round ${index + 1} of ${rounds.length}`
      site.note(`${where}: ${JSON.stringify(round)}`)
      const startedAt = Date.now()
      const judgement = await runRound(site, round, history, where)
      say(`${where}: ${describe(site, judgement)} (${Math.round((Date.now() - startedAt) / 1000)} s)`)
      signal.throwIfAborted()
      if (minutes !== undefined && isOver()) return
    }
  }
}

function describe(site: Site, { records, sentTwice }: { records: unknown[]; sentTwice: number }): string {
  const twice = sentTwice > 0 ? `, ${sentTwice} days sent twice and counted once` : ''
  const gaveUp = site.gaveUp.length > 0 ? `; the producer gave up ${site.gaveUp.length} times so far` : ''
  return `${records.length} records, ${site.acknowledged.count()} acknowledged${twice}; all agrees${gaveUp}`
}

/** Puts an outcome in words, a line a kind. */
export function describeOutcome({ done, killedAfterWrite, reads }: Outcome): string {
  return [
    describeDone(done),
    `${killedAfterWrite} of the killed consumers had written a file since their start; partition files were read ${reads} times.`,
  ].join('\n')
}
