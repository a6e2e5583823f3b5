import { measureByYear } from './by-year.ts'
import { measureCatchUp } from './catch-up.ts'
import { createTopic, fillOneByOne, fillTopic } from './fill.ts'
import { type History, makeHistory, measureAppend } from './history.ts'
import { measureLargeRecords } from './large-records.ts'
import { latencyRows, measureLatency } from './latency.ts'
import { measurePage } from './page.ts'
import { measureProducers } from './producers.ts'
import type { Measured } from './report-table.ts'
import { measureRestart } from './restart.ts'
import type { Setup } from './setup.ts'

export type Plan = {
  /** Records sent in bulk. */
  recordCount: number
  /** The larger size that the topic is filled up to; undefined to leave that out. */
  largeCount: number | undefined
  /** Records sent each as a batch of its own. */
  singleCount: number
  rounds: number
  /** Records to measure the latency with, ten a second. */
  latencyCount: number
  producedCount: number
  /** How many stations the by-year file has, and how often it is read. */
  stations: number
  byYearRounds: number
}

/** What the parts of the bench share. */
type Bench = {
  setup: Setup
  plan: Plan
  /** Tells what the bench is at. */
  say: (line: string) => void
  /** Made when the first part asks for them. */
  histories: () => Promise<Record<'short' | 'long', History>>
}

const parts = {
  bulk: measureBulk,
  'one-by-one': measureOneByOne,
  'large-records': ({ setup, plan }: Bench) => measureLargeRecords(setup, plan.rounds),
  producers: ({ setup, plan }: Bench) => measureProducers(setup, plan.producedCount, plan.rounds),
  'by-year': ({ setup, plan }: Bench) => measureByYear(setup, plan.stations, plan.byYearRounds),
  page: ({ setup, plan }: Bench) => measurePage(setup, plan.rounds),
  latency: measureLatencies,
  restart: async ({ setup, plan, histories }: Bench) => measureRestart(setup, await histories(), plan.rounds),
  // After all others with histories: it uses up the years that are left of the long one.
  append: async ({ setup, plan, histories }: Bench) =>
    measureAppend(setup, (await histories()).long, await makeHistory(setup, 0), plan.rounds),
} satisfies Record<string, (bench: Bench) => Promise<Measured>>

export type PartName = keyof typeof parts

/** The parts of the bench in their order. */
export const partNames = Object.keys(parts) as PartName[]

const shortYears = 155
const longYears = 8000

/** Takes the measurements of some parts, one after the other; `say` tells which one it is at. */
export async function measure(
  setup: Setup,
  plan: Plan,
  wanted: readonly PartName[],
  say: Bench['say'],
): Promise<Measured> {
  const measured: Measured[] = []
  let made: ReturnType<Bench['histories']> | undefined
  const histories = () => {
    made ??= makeHistories(setup, say)
    return made
  }
  for (const name of partNames.filter((name) => wanted.includes(name))) {
    say(name)
    measured.push(await parts[name]({ setup, plan, say, histories }))
  }
  return join(measured)
}

/** A log sent in bulk, of one size and perhaps of a larger one. */
async function measureBulk({ setup, plan, say }: Bench): Promise<Measured> {
  const { recordCount, largeCount, rounds } = plan
  const ofVerify = { speed: [0.25, 0.5], peak: [200] } as const
  const common = { rounds, withTwo: true, verify: ofVerify, peak: [150, 110] } as const
  const topic = 'catch-up'
  await createTopic(setup, topic)
  await fillTopic(setup, topic, '0001-01-01', recordCount)
  say(`reading ${recordCount} records`)
  const small = await measureCatchUp(setup, topic, {
    ...{ ...common, recordCount, size: inMillions(recordCount) },
    against: {
      ...{ Java: [4.5, 5.5], 'franz-go': [], ConsumerPerformance: [], 'headers only': [0.33, 0.5] },
      kafkajs: [10, 15],
    },
  })
  if (!largeCount) return small
  say(`filling the topic up to ${largeCount} records`)
  await fillTopic(setup, topic, '0001-01-01', largeCount - recordCount)
  say(`reading ${largeCount} records`)
  const large = await measureCatchUp(setup, topic, {
    ...{ ...common, recordCount: largeCount, size: inMillions(largeCount) },
    against: {
      ...{ Java: [5, 6], 'franz-go': [3.5, 5], ConsumerPerformance: [1.7, 2.5] },
      'headers only': [0.33, 0.5],
    },
  })
  return join([small, large])
}

/** A log whose records were sent one by one, as those of a station that is live. */
async function measureOneByOne({ setup, plan, say }: Bench): Promise<Measured> {
  const { singleCount, rounds } = plan
  const topic = 'one-by-one'
  await fillOneByOne(setup, topic, '0001-01-01', singleCount)
  say(`reading ${singleCount} batches of one record`)
  return measureCatchUp(setup, topic, {
    ...{ rounds, recordCount: singleCount, size: `${inMillions(singleCount)}, one a batch` },
    ...{ against: { Java: [1.5, 3], 'franz-go': [], 'headers only': [] }, peak: [150, 110] },
  })
}

async function measureLatencies({ setup, plan, histories }: Bench): Promise<Measured> {
  const { short, long } = await histories()
  const ofShort = await measureLatency(setup, short, plan.latencyCount, true)
  const ofLong = await measureLatency(setup, long, plan.latencyCount, false)
  return latencyRows(ofShort, ofLong, short.name, long.name)
}

async function makeHistories(setup: Setup, say: Bench['say']) {
  say(`making histories of ${shortYears} and ${longYears} years`)
  return { short: await makeHistory(setup, shortYears), long: await makeHistory(setup, longYears) }
}

function inMillions(recordCount: number): string {
  return `${(recordCount / 1e6).toFixed(1)} M records`
}

function join(measured: readonly Measured[]): Measured {
  return { rows: measured.flatMap(({ rows }) => rows), raw: measured.flatMap(({ raw }) => raw) }
}
