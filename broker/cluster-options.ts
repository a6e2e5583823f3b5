import { type Command, defaulted } from '../files/lib/core/command.ts'
import { parseCommandLine } from '../files/lib/core/command-line.ts'
import { anyText, port } from '../files/lib/core/option-values.ts'
import { memory } from './jvm.ts'

const options = {
  port: defaulted(
    '9092',
    'N',
    port,
    'The first node’s port, the others have the next ones; 0 for any free ones.',
  ),
  directory: defaulted('.kafka-cluster', 'DIR', anyText, 'The cluster’s folder, made if need be.'),
  heap: defaulted('256m', 'SIZE', memory, 'The memory of each JVM.'),
}

export const clusterCommand = {
  name: 'npm run cluster --',
  purpose: 'Runs three Kafka nodes until it is stopped. A node that ends is started again after 5 s.',
  options,
  settings: ['ALMANAC_CACHE', 'JAVA_HOME'],
  examples: [['npm run cluster', 'Nodes at 127.0.0.1:9092, 9093 and 9094, their data in .kafka-cluster.']],
} satisfies Command

/**
 * Parses the cluster's command line.
 *
 * @throws UsageError that names the option
 */
export function parseClusterOptions(args: readonly string[]) {
  return parseCommandLine(clusterCommand, args).values
}
