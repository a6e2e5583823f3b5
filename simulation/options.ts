import { availableParallelism } from 'node:os'
import { type Command, defaulted, optional } from '../files/lib/core/command.ts'
import { parseCommandLine } from '../files/lib/core/command-line.ts'
import { type Value, wholeNumber } from '../files/lib/core/option-values.ts'

/** What a run of worlds is to do. */
export type SimulateOptions = {
  /** Runs this world alone, and tells what happens in it. */
  seed: number | undefined
  /** Of that world, which of its faults, by their numbers; all of them without. */
  faults: ReadonlySet<number> | undefined
  /** The seed of the first world; the others have the numbers after it. */
  first: number
  worlds: number
  /** Goes on until so many minutes are over, however many worlds that makes. */
  minutes: number | undefined
  workers: number
}

const numberMax = 2 ** 32 - 1
const whole = wholeNumber(0, numberMax)

const numbers: Value<ReadonlySet<number>> = {
  parse: (text) =>
    /^(\d+(,\d+)*)?$/.test(text) ? new Set(text.split(',').filter(Boolean).map(Number)) : undefined,
  expected: 'whole numbers separated by commas',
}

const simulateCommand = {
  name: 'npm run simulate --',
  purpose:
    'Runs consumers and verify in simulated worlds, each drawn from its seed with all its faults, and judges them.',
  options: {
    worlds: defaulted('1000', 'N', whole, 'How many worlds.'),
    minutes: optional('N', whole, 'Go on for so long, however many worlds that makes.'),
    first: optional('SEED', whole, 'The seed of the first world; the others have the numbers after it.'),
    workers: optional('N', wholeNumber(1, 1000), 'How many processes; one a processor by default.'),
    seed: optional('SEED', whole, 'Run this world alone, and tell what happens in it.'),
    faults: optional('LIST', numbers, 'Of that world, these faults alone.', { needs: 'seed' }),
  },
  examples: [
    ['npm run simulate', 'A thousand worlds.'],
    ['npm run simulate -- --seed 7', 'What happens in world 7.'],
  ],
} satisfies Command

/**
 * Parses the arguments of a run of worlds.
 *
 * @throws UsageError that names the option
 */
export function parseSimulateOptions(args: readonly string[]): SimulateOptions {
  const {
    first = Date.now() % 2 ** 31,
    workers = availableParallelism(),
    ...others
  } = parseCommandLine(simulateCommand, args).values
  return { ...others, first, workers }
}
