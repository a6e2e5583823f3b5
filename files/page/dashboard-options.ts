import { type Command, defaulted } from '../lib/core/command.ts'
import { parseCommandLine } from '../lib/core/command-line.ts'
import { port, type Value } from '../lib/core/option-values.ts'
import { normalsOption } from '../lib/weather/date-values.ts'

const host: Value<string> = {
  parse: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  expected: 'a name or an address',
}

const options = {
  port: defaulted('8080', 'N', port, 'The port to listen on; 0 for any free one.'),
  host: defaulted(
    '127.0.0.1',
    'ADDRESS',
    host,
    'The address to listen on, and a name under which the page may be asked for; 0.0.0.0 for all addresses.',
  ),
  normals: normalsOption,
}

export const dashboardCommand = {
  name: 'dashboard.ts',
  purpose: 'Serves the live page of the partition files. It reads files only and asks no broker.',
  options,
  settings: ['DATA_DIR'],
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
