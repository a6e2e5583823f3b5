import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { UsageError } from '../files/lib/core/program.ts'

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

const usage = `Usage: npm run simulate -- [--worlds N | --minutes N] [--first SEED] [--workers N]
       npm run simulate -- --seed SEED [--faults N,N,...]`

/**
 * Parses the arguments of a run of worlds.
 *
 * @throws UsageError with the usage
 */
export function parseSimulateOptions(args: string[]): SimulateOptions {
  const text = { type: 'string' } as const
  try {
    const names = { seed: text, faults: text, first: text, worlds: text, minutes: text, workers: text }
    const { values } = parseArgs({ args, options: names })
    const whole = (name: keyof typeof names) => {
      const found = values[name]
      if (found === undefined) return undefined
      if (/^\d{1,10}$/.test(found) && Number(found) < 2 ** 32) return Number(found)
      throw new UsageError(`--${name} is '${found}': expected a whole number below 2^32.`)
    }
    if (values.faults !== undefined && !/^(\d+(,\d+)*)?$/.test(values.faults))
      throw new UsageError(`--faults is '${values.faults}': expected whole numbers with commas between.`)
    return {
      seed: whole('seed'),
      faults:
        values.faults === undefined
          ? undefined
          : new Set(values.faults.split(',').filter(Boolean).map(Number)),
      first: whole('first') ?? Date.now() % 2 ** 31,
      worlds: whole('worlds') ?? 1000,
      minutes: whole('minutes'),
      workers: whole('workers') || availableParallelism(),
    }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}
