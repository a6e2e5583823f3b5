import { parseArgs } from 'node:util'
import { UsageError } from './program.ts'
import { delaySeconds, parseSeconds } from './settings.ts'

const usage = 'Usage: node producer.ts [--append] [--observations FILE|-] [--delay SECONDS]'

/** What the producer's command line asks for. `file` holds observations; without one, weather is generated. */
export type ProducerOptions = { append: boolean; file: string | undefined; delayMs: number }

/**
 * Parses the producer's arguments: `--append`, `--observations FILE`, `--delay SECONDS`.
 *
 * Without a delay, generated days come as AUTOGRADER_DELAY_OVERRIDE_VAL says and observed ones as fast as they are
 * acknowledged.
 *
 * @throws UsageError with the usage line
 */
export function parseProducerOptions(args: string[]): ProducerOptions {
  try {
    const { values } = parseArgs({
      args,
      options: {
        append: { type: 'boolean', default: false },
        observations: { type: 'string' },
        delay: { type: 'string' },
      },
    })
    const { append, observations: file, delay } = values
    const otherwise = file === undefined ? delaySeconds() : 0
    return {
      append,
      file,
      delayMs: 1000 * (delay !== undefined ? parseSeconds(delay, '--delay') : otherwise),
    }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}
