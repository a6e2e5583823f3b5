import { type Command, defaulted, list, type OptionTable } from '../lib/core/command.ts'
import { parseCommandLine } from '../lib/core/command-line.ts'
import { port, type Value } from '../lib/core/option-values.ts'
import { normalsOption } from '../lib/weather/date-values.ts'
import { hostName, origin } from './sharing.ts'

const host: Value<string> = {
  parse: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  expected: 'a name or an address',
}

/** Who may have the page, and what is shown besides: for `npm start` too. */
export const pageOptions = {
  host: defaulted(
    '127.0.0.1',
    'ADDRESS',
    host,
    'The address to listen on, and a name under which the page may be asked for; 0.0.0.0 for all addresses.',
  ),
  'allow-host': list(
    'NAME',
    hostName,
    'Another name under which the page may be asked for, such as weather.local.',
  ),
  'allow-origin': list(
    'ORIGIN|*',
    origin,
    'Let pages of this origin read the data, show the charts and embed /embed; * for all.',
  ),
  normals: normalsOption,
} satisfies OptionTable

const options = {
  port: defaulted('8080', 'N', port, 'The port to listen on; 0 for any free one.'),
  ...pageOptions,
}

export const dashboardCommand = {
  name: 'dashboard.ts',
  purpose:
    'Serves the live page of the partition files. It reads files; only time travel and the records behind a number ' +
    'need a broker.',
  options,
  settings: ['DATA_DIR', 'KAFKA_BOOTSTRAP_SERVERS', 'TOPIC', 'KAFKA_SECURITY_PROTOCOL and those with it'],
  examples: [
    ['npx node files/dashboard.ts', 'The page at http://127.0.0.1:8080/.'],
    ['npx node files/dashboard.ts --normals 1991-2020', 'With the normals of thirty years.'],
  ],
} satisfies Command

/**
 * Parses the page's command line.
 *
 * @throws UsageError that names the option
 */
export function parseDashboardOptions(args: readonly string[]) {
  return parseCommandLine(dashboardCommand, args).values
}
