import { type Command, defaulted } from '../lib/core/command.ts'
import { parseCommandLine } from '../lib/core/command-line.ts'
import { port } from '../lib/core/option-values.ts'
import { pageOptions } from '../lib/results/page-options.ts'

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
