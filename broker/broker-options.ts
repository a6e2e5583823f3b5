import { type Command, defaulted, flag, optional } from '../files/lib/core/command.ts'
import { parseCommandLine } from '../files/lib/core/command-line.ts'
import { anyText, port } from '../files/lib/core/option-values.ts'
import { memory } from './jvm.ts'

const options = {
  port: defaulted('9092', 'N', port, 'The port clients connect to; 0 for any free one.'),
  directory: defaulted('.kafka', 'DIR', anyText, 'The broker’s folder, made if need be.'),
  host: defaulted('127.0.0.1', 'ADDRESS', anyText, 'The address to listen on; 0.0.0.0 for all addresses.'),
  advertise: optional('HOST:PORT', anyText, 'What clients are told to connect to.'),
  user: optional(
    'NAME[:GROUP]',
    anyText,
    'For root: run the broker as this user. The folder must belong to it.',
  ),
  heap: optional('SIZE', memory, 'The JVM’s memory; otherwise ALMANAC_HEAP, and 512m.'),
  throughput: flag('JVM settings for measurements.'),
  prepare: flag('Fetch and make all that the first start would, and end.'),
  check: flag('End with exit code 0 if a broker answers at host and port, with 1 otherwise.'),
}

export const brokerCommand = {
  name: 'npm run broker --',
  purpose:
    'Runs an Apache Kafka broker until it is stopped. The first start on a machine fetches Kafka by Maven.',
  options,
  exclusive: [['prepare', 'check']],
  settings: ['ALMANAC_CACHE', 'ALMANAC_HEAP', 'JAVA_HOME'],
  examples: [
    ['npm run broker', 'A broker at 127.0.0.1:9092, its data in .kafka.'],
    ['npm run broker -- --port 0 --directory /srv/kafka', 'Another folder, and any free port.'],
  ],
} satisfies Command

/**
 * Parses the broker's command line.
 *
 * @throws UsageError that names the option
 */
export function parseBrokerOptions(args: readonly string[]) {
  const { advertise: advertised, ...values } = parseCommandLine(brokerCommand, args).values
  return { ...values, advertised }
}
