import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, defaulted, flag, list, optional } from '../files/lib/core/command.ts'
import { parseCommandLine, wrongUsage } from '../files/lib/core/command-line.ts'
import { anyText, port } from '../files/lib/core/option-values.ts'
import {
  headStartOption,
  observationOptions,
  parseProducerOptions,
  speedOption,
} from '../files/lib/produce/producer-options.ts'
import { pageOptions } from '../files/lib/results/page-options.ts'

/** What the producer is told as it was told us. */
const producersOptions = { ...observationOptions, 'days-per-second': speedOption }

/** And the page. */
const pagesOptions = pageOptions

const options = {
  port: defaulted('9092', 'N', port, 'The broker’s port; 0 for any free one.'),
  'page-port': defaulted('8080', 'N', port, 'The page’s port; 0 for any free one.'),
  directory: optional('DIR', anyText, 'The broker’s folder; .kafka of the project by default.'),
  chaos: flag('Kill a consumer every few seconds, and compare the files with the log all the while.'),
  observations: list('FILE', anyText, 'Send a station’s files instead of generated days, and follow them.'),
  ...producersOptions,
  'head-start': headStartOption('30'),
  ...pagesOptions,
}

export const startCommand = {
  name: 'npm start --',
  purpose:
    'Starts page, broker, producer and two consumers in one terminal, and starts again what dies. ' +
    'It deletes the topic with all its records, and creates it again.',
  argumentsOf: 'observations',
  options,
  exclusive: [['head-start', 'observations']],
  settings: [
    'DATA_DIR',
    'TOPIC',
    'AUTOGRADER_DELAY_OVERRIDE_VAL',
    'ALMANAC_CACHE',
    'ALMANAC_HEAP',
    'JAVA_HOME',
  ],
  examples: [
    ['npm start', 'Generated days; the page at http://127.0.0.1:8080/.'],
    ['npm start -- --observations station.csv --name "My garden"', 'A station’s days, and what is added.'],
    ['npm start -- --chaos', 'Watch consumers be killed and come back.'],
  ],
} satisfies Command

/** What `npm start` is asked for. */
export type StartOptions = {
  port: number
  pagePort: number
  /** The broker's folder. */
  directory: string
  /** Whether a consumer is killed every few seconds, and the files held against the log all the while. */
  chaos: boolean
  /** The producer's arguments. */
  producerArgs: string[]
  /** The page's, besides its port. */
  pageArgs: string[]
}

/**
 * Parses the command line of `npm start`. What the producer is asked for is checked here too: it would refuse it only when all
 * else is running.
 *
 * @param root the project's folder
 * @throws UsageError that names the option
 */
export function parseStartOptions(args: readonly string[], root: string): StartOptions {
  const { values, repeat } = parseCommandLine(startCommand, args)
  const { port, 'page-port': pagePort, directory, chaos, observations } = values
  if (port !== 0 && port === pagePort)
    throw wrongUsage(
      startCommand,
      `--port and --page-port are both ${port}: the broker and the page need one each.`,
    )
  const producerArgs = repeat(producersOptions)
  const files = observations.map((path) => `--observations=${observationsPath(path)}`)
  if (files.length > 0) producerArgs.push('--follow', ...files)
  else producerArgs.push(`--head-start=${values['head-start']}`)
  parseProducerOptions(producerArgs, startCommand.name)
  return {
    ...{ port, pagePort, chaos, producerArgs, pageArgs: repeat(pagesOptions) },
    directory: resolve(directory ?? join(root, '.kafka')),
  }
}

/** Relative to where the user is: npm runs its scripts in the project's folder. */
function observationsPath(path: string): string {
  if (path === '-')
    throw wrongUsage(startCommand, '--observations needs files here: standard input has an end.')
  const folder = process.env.npm_lifecycle_event === 'start' ? process.env.INIT_CWD : undefined
  const whole = resolve(folder ?? '', path)
  const reason = whyNoFile(whole)
  if (reason === undefined) return whole
  throw wrongUsage(startCommand, `--observations: there is no file ${whole}${reason}.`)
}

function whyNoFile(path: string): string | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? undefined : ''
  } catch (error) {
    return ` (${(error as Error).message})`
  }
}
