import { appendFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../test/support/seeded-random.ts'
import { usualCounts } from './kinds.ts'
import { type Measure, measureProcesses } from './measure-processes.ts'
import { beginHistory, type History, runRound } from './run-round.ts'
import { drawRounds, type Lane, type Round } from './schedule.ts'
import { openSite, type Site } from './site.ts'

/** What a soak has come to: how often each kind was inflicted, and what the processes had in the quiet gaps. */
export type Soak = { history: History; measures: Measure[]; rounds: number; records: number }

const [roundMs, calmMs, gapMs] = [40_000, 5000, 15_000]
const delay = '0.02'

// Each third of the time one program is killed and stopped; the other two live on, so that growth can show.
const victims: readonly Lane[] = ['producer', 'consumer 1 3', 'consumer 0 2']

/**
 * Inflicts all faults in turn for some hours, with a quiet gap after each round, in which the processes are measured.
 *
 * @throws OperatingError after the first round in which anything was wrong; the site's folder stays
 */
export async function runSoak(
  hours: number,
  seed: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Soak> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-soak-'))
  const note = (line: string) =>
    appendFileSync(join(folder, 'events.log'), `${new Date().toISOString()} ${line}\n`)
  const site = await openSite(folder, delay, note)
  const soak: Soak = { history: beginHistory('frozen'), measures: [], rounds: 0, records: 0 }
  const random = randomFrom(seed)
  const begin = performance.now()
  const past = () => (performance.now() - begin) / (hours * 3_600_000)
  let isSound = false
  try {
    for (let ahead: Round[] = []; past() < 1; ) {
      if (ahead.length === 0) ahead = drawRounds(random, usualCounts, roundMs)
      const round = sparing(ahead.shift()!, victims[Math.floor(3 * past())]!)
      await soakOnce(site, soak, round, signal)
      say(`${(100 * past()).toFixed(1)} %: ${describe(soak)}`)
    }
    isSound = true
  } finally {
    await site.close()
    if (isSound) await rm(folder, { recursive: true, force: true })
  }
  return soak
}

async function soakOnce(site: Site, soak: Soak, round: Round, signal: AbortSignal): Promise<void> {
  soak.rounds++
  const judgement = await runRound(site, round, soak.history, `round ${soak.rounds}`)
  soak.records = judgement.records.length
  await sleep(calmMs, undefined, { signal })
  soak.measures.push(...(await measureProcesses(await pidsOf(site), gapMs, signal)))
}

async function pidsOf({ broker, programs }: Site): Promise<Record<string, number>> {
  const pids: Record<string, number> = { broker: broker.broker().pid, harness: process.pid }
  for (const [name, keeper] of Object.entries(programs)) pids[name] = (await keeper.running()).child.pid
  return pids
}

/** Leaves out what would end a program other than the victim. */
function sparing(round: Round, victim: Lane): Round {
  const faults = Object.entries(round.faults).map(([lane, own]) => {
    const mayEnd = lane === victim || lane === 'broker'
    return [lane, own.filter(({ kind }) => mayEnd || !/^(kill|term)-/.test(kind))]
  })
  return { recreates: round.recreates && victim === 'producer', faults: Object.fromEntries(faults) }
}

function describe({ rounds, records, measures }: Soak): string {
  const last = [...new Map(measures.map((measure) => [measure.name, measure])).values()]
  const sizes = last.map(({ name, megabytes, descriptors }) => `${name} ${megabytes} MB ${descriptors} fd`)
  return `round ${rounds}, ${records} records; all agrees; ${sizes.join(', ')}`
}
