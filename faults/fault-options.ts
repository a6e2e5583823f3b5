import { parseArgs } from 'node:util'
import { UsageError } from '../files/lib/core/program.ts'
import { type Counts, parseCounts, usualCounts } from './kinds.ts'

/** What a run of faults is to do. */
export type FaultOptions = {
  seed: number
  counts: Counts
  /** Goes on with further seeds until this time is over; undefined for once through. */
  minutes: number | undefined
  /** Seconds between the generator's days. */
  delay: string
  /** Where the site is made; undefined for a temporary folder. */
  directory: string | undefined
}

const usage =
  'Usage: npm run faults -- [--seed N] [--kinds kill-consumer=1000,reset=100,...] [--minutes N] [--delay S] [--directory DIR]'

/**
 * Parses the arguments of a run of faults.
 *
 * @throws UsageError with the usage line
 */
export function parseFaultOptions(args: string[]): FaultOptions {
  const text = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args,
      options: {
        seed: text,
        kinds: text,
        minutes: text,
        directory: text,
        delay: { ...text, default: '0.004' },
      },
    })
    return {
      seed: values.seed === undefined ? Date.now() % 2 ** 32 : wholeNumber(values.seed, '--seed'),
      counts: values.kinds === undefined ? usualCounts : parseCounts(values.kinds),
      minutes: values.minutes === undefined ? undefined : wholeNumber(values.minutes, '--minutes'),
      delay: values.delay,
      directory: values.directory,
    }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}

/** Parses a whole number below 2^32. @throws UsageError that calls it `name` */
export function wholeNumber(text: string, name: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text)
  throw new UsageError(`${name} is '${text}': expected a whole number below 2^32.`)
}
