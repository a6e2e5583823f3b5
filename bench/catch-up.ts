import { join } from 'node:path'
import { expectSame, type Folded, foldedIn } from './folded.ts'
import { catchUp, oneConsumer, twoConsumers, verify } from './our-programs.ts'
import { type Contender, findPeers, type Peer, type PeerName } from './peers.ts'
import { figureRow, type Limits, type Measured, type Row, speedRow } from './report-table.ts'
import { median, takeTurns } from './rounds.ts'
import type { Setup } from './setup.ts'

type Options = {
  /** The topic in words. */
  size: string
  recordCount: number
  rounds: number
  /** Whom our consumer is held against, and how many times as fast it must be. */
  against: Partial<Record<PeerName, Limits>>
  /** Peak memory of our consumer, in MB. */
  peak: Limits
  /** Whether two of our consumers take part too. */
  withTwo?: boolean
  /** Whether verify.ts takes part: its speed ÷ the consumer's, and its peak memory in MB. */
  verify?: { speed: Limits; peak: Limits }
}

/** What is noted of our programs beside the time, round by round. */
type Notes = { wholeMs: number[]; peaks: number[]; verifyPeaks: number[] }

/** Measures how fast a topic is read and folded from its beginning. All who fold must come to the same. */
export async function measureCatchUp(setup: Setup, topic: string, options: Options): Promise<Measured> {
  const { size, recordCount, rounds, against } = options
  const names = Object.keys(against) as PeerName[]
  const { peers, folded } = await findPeers(setup, topic, recordCount, names)
  const notes: Notes = { wholeMs: [], peaks: [], verifyPeaks: [] }
  const contenders = [...(await findOurs(setup, topic, options, folded, notes)), ...peers]
  const taken = await takeTurns(
    rounds,
    Object.fromEntries(contenders.map(({ name, run }) => [name, run] as const)),
  )
  const raw = contenders.map(({ name, figure }) => {
    return { what: `${size}: ${figure}`, unit: 'ms', values: taken[name]! }
  })
  raw.push({ what: `${size}: ours, process start to end`, unit: 'ms', values: notes.wholeMs })
  raw.push({ what: `${size}: ours, peak RSS`, unit: 'MB', values: notes.peaks })
  return { rows: makeRows(taken, peers, notes, options), raw }
}

/** Our programs. Each has run once before: modules are compiled, and the broker has read the log. */
async function findOurs(
  setup: Setup,
  topic: string,
  options: Options,
  folded: Folded,
  notes: Notes,
): Promise<Contender[]> {
  const consume = async (folder: string, shares: readonly (readonly number[])[]) => {
    const directory = await setup.makeFolder(folder)
    const run = await catchUp(setup, topic, directory, shares)
    expectSame(topic, ['Java', folded], ['ours', foldedIn(directory)])
    return run
  }
  // Of the files that the consumer wrote last.
  const verifyOne = () => verify(setup, topic, join(setup.folder, 'by-one'))
  const one: Contender = {
    name: 'ours',
    figure: 'ours, first fetch to last file durable',
    run: async () => {
      const { foldMs, wholeMs, peakMegabytes } = await consume('by-one', oneConsumer)
      notes.wholeMs.push(wholeMs)
      notes.peaks.push(peakMegabytes)
      return foldMs
    },
  }
  const verifying: Contender = {
    name: 'verify.ts',
    figure: 'verify.ts, first fetch to its end',
    run: async () => {
      const { ms, peakMegabytes } = await verifyOne()
      notes.verifyPeaks.push(peakMegabytes)
      return ms
    },
  }
  const two: Contender = {
    name: 'two of ours',
    figure: 'two of ours, first fetch of either to last file durable',
    run: async () => (await consume('by-two', twoConsumers)).foldMs,
  }
  await consume('by-one', oneConsumer)
  if (options.verify) await verifyOne()
  return [one, ...(options.verify ? [verifying] : []), ...(options.withTwo ? [two] : [])]
}

function makeRows(
  taken: Record<string, number[]>,
  peers: readonly Peer[],
  { peaks, verifyPeaks }: Notes,
  { size, recordCount, against, peak, withTwo, verify }: Options,
): Row[] {
  const ratio = (what: string, name: string, to: string, limits: Limits) =>
    speedRow(`${size}: ${what}`, recordCount, [taken[name]!, taken[to]!], limits)
  const rows = peers.map(({ name, description }) =>
    ratio(`speed ÷ ${description}`, 'ours', name, against[name]!),
  )
  if (withTwo) rows.push(ratio('speed of two consumers together ÷ that of one', 'two of ours', 'ours', []))
  rows.push(figureRow(`${size}: peak RSS`, median(peaks), 'MB', peak))
  if (!verify) return rows
  return [
    ...rows,
    ratio('speed of verify.ts ÷ the consumer’s', 'verify.ts', 'ours', verify.speed),
    figureRow(`${size}: peak RSS of verify.ts`, median(verifyPeaks), 'MB', verify.peak),
  ]
}
