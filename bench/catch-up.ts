import { OperatingError } from '../files/lib/program.ts'
import { catchUp, oneConsumer, twoConsumers } from './our-consumer.ts'
import { consumerPerformance, headersOnly, javaFold, javaSettings, kafkajsFold } from './peers.ts'
import { figureRow, type Measured, type Row, speedRow } from './report-table.ts'
import { median, takeTurns } from './rounds.ts'
import type { Setup } from './setup.ts'

type Options = {
  recordCount: number
  rounds: number
  /** Whether kafkajs takes part too, which takes long. */
  withKafkajs: boolean
  bounds: { java: [bound: number, aim: number]; performance?: [bound: number, aim: number] }
}

/** Measures how fast a topic is read and folded from its beginning: ours, the limit, and the others. */
export async function measureCatchUp(setup: Setup, topic: string, options: Options): Promise<Measured> {
  const { recordCount, rounds, withKafkajs } = options
  const settings = await bestJavaSettings(setup, topic)
  const [whole, peaks]: [number[], number[]] = [[], []]
  const ours = async (shares: readonly (readonly number[])[]) => {
    const folder = await setup.makeFolder('catch-up')
    const { wholeMs, foldMs, peakMegabytes } = await catchUp(setup, topic, folder, shares)
    whole.push(wholeMs)
    peaks.push(peakMegabytes)
    return foldMs
  }
  const measures: Record<string, () => Promise<number>> = {
    [oursName]: () => ours(oneConsumer),
    [twoName]: () => ours(twoConsumers),
    [headersName]: () => headersOnly(setup, topic),
    [`${javaName} (${settings.join(', ') || 'default settings'})`]: async () =>
      (await javaFold(setup, topic, settings)).ms,
    [performanceName]: () => consumerPerformance(setup, topic, recordCount),
  }
  if (withKafkajs) measures[kafkajsName] = () => kafkajsFold(setup, topic, recordCount)
  const taken = await takeTurns(rounds, measures)
  const size = `${(recordCount / 1e6).toFixed(1)} M records`
  const times = Object.entries({ ...taken, 'ours, process start to end': whole })
  const raw = times.map(([what, values]) => ({ what: `${size}: ${what}`, unit: 'ms', values }))
  raw.push({ what: `${size}: ours, peak RSS`, unit: 'MB', values: peaks })
  return { rows: makeRows(taken, median(peaks), size, options), raw }
}

const oursName = 'ours, first fetch to last file durable'
const twoName = 'two of ours, first fetch of either to last file durable'
const headersName = 'headers only, first fetch to last header'
const javaName = 'Java, first poll to last record'
const performanceName = 'ConsumerPerformance, fetching'
const kafkajsName = 'kafkajs, first fetch to last record'

function makeRows(
  taken: Record<string, number[]>,
  peakMegabytes: number,
  size: string,
  { recordCount, bounds }: Options,
): Row[] {
  const against = (peer: string, name: string, limits: readonly number[] = [], own = oursName): Row[] => {
    const found = Object.entries(taken).find(([key]) => key.startsWith(name))
    if (!found) return []
    const what = own === oursName ? 'speed' : 'speed of two consumers together'
    return [
      speedRow(`${size}: ${what} ÷ ${peer}`, recordCount, [median(taken[own]!), median(found[1])], limits),
    ]
  }
  return [
    ...against('Java consumer with the same fold, no files', javaName, bounds.java),
    ...against('the same Java consumer', javaName, bounds.java, twoName),
    ...against('ConsumerPerformance, which only counts', performanceName, bounds.performance),
    ...against('headers only', headersName, [0.33, 0.5]),
    ...against('kafkajs with the same fold, no files', kafkajsName, [10, 15]),
    figureRow(`${size}: peak RSS`, peakMegabytes, 'MB', 300, 200),
  ]
}

/** Tries each of the settings once; all must count alike. */
async function bestJavaSettings(setup: Setup, topic: string): Promise<readonly string[]> {
  const tried: { settings: readonly string[]; ms: number; count: number }[] = []
  for (const settings of javaSettings) tried.push({ settings, ...(await javaFold(setup, topic, settings)) })
  if (new Set(tried.map(({ count }) => count)).size > 1)
    throw new OperatingError('the Java consumer counts differ')
  return tried.toSorted((a, b) => a.ms - b.ms)[0]!.settings
}
