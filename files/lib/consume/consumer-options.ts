import { type Command, flag } from '../core/command.ts'
import { parseCommandLine, wrongUsage } from '../core/command-line.ts'
import { quoted } from '../core/quoted.ts'
import { partitionCount } from '../weather/partitions.ts'

export type ConsumerOptions = { partitions: number[]; exitAtEnd: boolean; rebuild: boolean }

const options = {
  'exit-at-end': flag('Stop at the end offsets seen at start, with exit code 0.'),
  rebuild: flag('Archive the partition files and count again from offset 0.'),
}

export const consumerCommand = {
  name: 'consumer.ts',
  purpose: 'Keeps partition-N.json for each partition named: monthly statistics, and the offset they reach.',
  argument: { placeholder: 'PARTITION...', help: `0 to ${partitionCount - 1}, each at most once.` },
  options,
  settings: ['KAFKA_BOOTSTRAP_SERVERS', 'TOPIC', 'DATA_DIR', 'KAFKA_SECURITY_PROTOCOL and those with it'],
  examples: [
    ['npx node files/consumer.ts 0 2', 'Keep partition-0.json and partition-2.json, until Ctrl-C.'],
    ['npx node files/consumer.ts 0 1 2 3 --exit-at-end', 'Count what is in the log now.'],
  ],
} satisfies Command

/**
 * Parses the consumer's command line.
 *
 * @throws UsageError that names the argument
 */
export function parseConsumerOptions(args: readonly string[]): ConsumerOptions {
  const { values, positionals } = parseCommandLine(consumerCommand, args)
  if (positionals.length === 0) throw wrongUsage(consumerCommand, 'No partition is named.')
  const partitions = positionals.map(parsePartition)
  const twice = partitions.find((partition, index) => partitions.indexOf(partition) < index)
  if (twice !== undefined) throw wrongUsage(consumerCommand, `Partition ${twice} is named twice.`)
  return { partitions, exitAtEnd: values['exit-at-end'], rebuild: values.rebuild }
}

function parsePartition(text: string): number {
  if (/^\d+$/.test(text) && Number(text) < partitionCount) return Number(text)
  const what = `${quoted(text)} is no partition: expected a number from 0 to ${partitionCount - 1}.`
  throw wrongUsage(consumerCommand, what)
}
