import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parsePort } from '../files/lib/core/parse-port.ts'
import { UsageError } from '../files/lib/core/program.ts'
import { parseProducerOptions } from '../files/lib/produce/producer-options.ts'
import { parsePeriod } from '../files/lib/weather/parse-period.ts'

const usage = `Usage: npm start -- [--port 9092] [--page-port 8080] [--directory .kafka] [--normals 1991-2020] [--chaos]
  [--days-per-second N] [--observations FILE... [--station ID] [--name TEXT] [--from DATE] [--to DATE] [--units F|C|tenths]]
It deletes the topic with all its records, and creates it anew.`

const text = { type: 'string' } as const
const passedOn = { station: text, name: text, from: text, to: text, units: text, 'days-per-second': text }

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
 * Parses the command line of `npm start`. What the producer and the page are asked for is checked here too: they would refuse it only
 * when all else is running.
 *
 * @param root the project's folder
 * @throws UsageError with the usage
 */
export function parseStartOptions(args: string[], root: string): StartOptions {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const { port, 'page-port': pagePort, directory, normals, chaos, observations = [], ...rest } = values
    if (observations.length === 0 && positionals.length > 0)
      throw new Error(`Unexpected argument '${positionals[0]}': it goes with --observations FILE.`)
    if (normals !== undefined) parsePeriod(normals)
    const files = [...observations, ...positionals].map(observationsPath)
    const producerArgs = Object.entries(rest).flatMap(([name, value]) => [`--${name}=${value}`])
    if (files.length > 0) producerArgs.push('--follow', ...files.map((file) => `--observations=${file}`))
    parseProducerOptions(producerArgs)
    return {
      ...parsePorts(port, pagePort),
      producerArgs,
      chaos,
      directory: resolve(directory ?? join(root, '.kafka')),
      pageArgs: normals === undefined ? [] : [`--normals=${normals}`],
    }
  } catch (cause) {
    const [message] = (cause as Error).message.split('\nUsage')
    throw new UsageError(`${message}\n${usage}`, { cause })
  }
}

function parsePorts(port: string, pagePort: string) {
  const ports = { port: parsePort(port), pagePort: parsePort(pagePort, '--page-port') }
  if (ports.port !== 0 && ports.port === ports.pagePort)
    throw new Error(`--port and --page-port are both ${port}: the broker and the page need one each.`)
  return ports
}

const options = {
  port: { ...text, default: '9092' },
  'page-port': { ...text, default: '8080' },
  directory: text,
  normals: text,
  chaos: { type: 'boolean', default: false },
  observations: { ...text, multiple: true },
  ...passedOn,
} as const

/** Relative to where the user is: npm runs its scripts in the project's folder. */
function observationsPath(path: string): string {
  if (path === '-') throw new Error('--observations needs files here: standard input has an end.')
  const folder = process.env.npm_lifecycle_event === 'start' ? process.env.INIT_CWD : undefined
  const whole = resolve(folder ?? '', path)
  if (statSync(whole, { throwIfNoEntry: false })?.isFile()) return whole
  throw new Error(`--observations: there is no file ${whole}.`)
}
