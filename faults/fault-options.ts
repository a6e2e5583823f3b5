import { type Command, defaulted, optional } from '../files/lib/core/command.ts'
import { parseCommandLine } from '../files/lib/core/command-line.ts'
import { anyText, seconds, wholeNumber } from '../files/lib/core/option-values.ts'
import { type Counts, countsValue, usualCounts } from './kinds.ts'

/** What a run of faults is to do. */
export type FaultOptions = {
  seed: number
  counts: Counts
  /** Goes on with further seeds until this time is over; undefined for once through. */
  minutes: number | undefined
  /** Seconds between the generator's days. */
  delay: number
  /** Where the site is made; undefined for a temporary folder. */
  directory: string | undefined
}

const seedMax = 2 ** 32 - 1

/** What draws the faults: the same number draws the same ones. */
export const seedOption = optional('N', wholeNumber(0, seedMax), 'Draw the faults of this seed again.')

/** A seed that was not used lately. */
export function newSeed(): number {
  return Date.now() % (seedMax + 1)
}

const options = {
  seed: seedOption,
  kinds: optional('LIST', countsValue, 'Inflict these alone, such as kill-consumer=1000,reset=100.'),
  minutes: optional('N', wholeNumber(0, seedMax), 'Go on with further seeds for so long.'),
  delay: defaulted('0.004', 'SECONDS', seconds, 'The time between two generated days.'),
  directory: optional('DIR', anyText, 'The folder of broker and files; a temporary one by default.'),
}

const faultsCommand = {
  name: 'npm run faults --',
  purpose: 'Kills, freezes and cuts off broker and programs at random moments, heals, and judges the files.',
  options,
  examples: [
    ['npm run faults', 'Each kind of fault some times, in a few minutes.'],
    ['npm run faults -- --seed 7 --kinds kill-consumer=1000', 'A thousand kills of a consumer.'],
  ],
} satisfies Command

/**
 * Parses the arguments of a run of faults.
 *
 * @throws UsageError that names the option
 */
export function parseFaultOptions(args: readonly string[]): FaultOptions {
  const { seed = newSeed(), kinds = usualCounts, ...others } = parseCommandLine(faultsCommand, args).values
  return { ...others, seed, counts: kinds }
}
