import { measureByYear } from './by-year.ts'
import { measureCatchUp } from './catch-up.ts'
import { createTopic, fillTopic } from './fill.ts'
import { makeHistory, measureAppend } from './history.ts'
import { latencyRows, measureLatency } from './latency.ts'
import { measureProducers } from './producers.ts'
import type { Measured } from './report-table.ts'
import { measureRestart } from './restart.ts'
import type { Setup } from './setup.ts'

export type Plan = {
  recordCount: number
  /** The larger size that the topic is filled up to; undefined to leave that out. */
  largeCount: number | undefined
  rounds: number
  /** Records to measure the latency with, ten a second. */
  latencyCount: number
  producedCount: number
  /** How many stations the by-year file has, and how often it is read. */
  stations: number
  byYearRounds: number
}

const shortYears = 155
const longYears = 8000

/** Takes all measurements of a plan, one after the other; `say` tells which one it is at. */
export async function measureAll(setup: Setup, plan: Plan, say: (line: string) => void): Promise<Measured> {
  const parts: Measured[] = []
  const { recordCount, largeCount, rounds } = plan
  say(`filling a topic with ${recordCount} records`)
  await createTopic(setup, 'catch-up')
  await fillTopic(setup, 'catch-up', '0001-01-01', recordCount)
  say('catch-up')
  const options = { recordCount, rounds, withKafkajs: true, bounds: { java: [3, 5] as [number, number] } }
  parts.push(await measureCatchUp(setup, 'catch-up', options))
  if (largeCount) {
    say(`catch-up with ${largeCount} records`)
    await fillTopic(setup, 'catch-up', '0001-01-01', largeCount - recordCount)
    const bounds = { java: [3.5, 5] as [number, number], performance: [1.7, 2.5] as [number, number] }
    parts.push(
      await measureCatchUp(setup, 'catch-up', {
        recordCount: largeCount,
        rounds,
        withKafkajs: false,
        bounds,
      }),
    )
  }
  say('producers')
  parts.push(await measureProducers(setup, plan.producedCount, rounds))
  say(`a by-year file of ${plan.stations} stations`)
  parts.push(await measureByYear(setup, plan.stations, plan.byYearRounds))
  parts.push(await measureHistories(setup, plan, say))
  return { rows: parts.flatMap(({ rows }) => rows), raw: parts.flatMap(({ raw }) => raw) }
}

async function measureHistories(setup: Setup, plan: Plan, say: (line: string) => void): Promise<Measured> {
  say(`making histories of ${shortYears} and ${longYears} years`)
  const [none, short, long] = [
    await makeHistory(setup, 0),
    await makeHistory(setup, shortYears),
    await makeHistory(setup, longYears),
  ]
  say('latency')
  const latencies = [
    await measureLatency(setup, short, plan.latencyCount, true),
    await measureLatency(setup, long, plan.latencyCount, false),
  ] as const
  const latency = latencyRows(...latencies, short.name, long.name)
  say('restart')
  const restart = await measureRestart(setup, { none, short, long }, plan.rounds)
  say('append')
  const append = await measureAppend(setup, long, await makeHistory(setup, 0), plan.rounds)
  const parts = [append, latency, restart]
  return { rows: parts.flatMap(({ rows }) => rows), raw: parts.flatMap(({ raw }) => raw) }
}
