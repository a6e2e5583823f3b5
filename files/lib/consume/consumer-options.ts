import { parseArgs } from 'node:util'
import { UsageError } from '../core/program.ts'
import { partitionCount } from '../weather/partitions.ts'

export type ConsumerOptions = { partitions: number[]; exitAtEnd: boolean; rebuild: boolean }

const usage = `usage: consumer.ts PARTITION... [--exit-at-end] [--rebuild]
  PARTITION      0 to ${partitionCount - 1}, each at most once
  --exit-at-end  stop, with exit code 0, at the end offsets seen at start
  --rebuild      archive the partition files and count again from offset 0`

/**
 * Parses the consumer's command line.
 *
 * @throws UsageError naming the argument, with the usage line
 */
export function parseConsumerOptions(args: string[]): ConsumerOptions {
  const { values, positionals } = parse(args)
  if (positionals.length === 0) fail('no partition is named')
  const partitions = positionals.map((text) => {
    if (!/^\d+$/.test(text)) fail(`'${text}' is not the number of a partition`)
    if (Number(text) >= partitionCount) fail(`there is no partition ${text}`)
    return Number(text)
  })
  const twice = partitions.find((partition, index) => partitions.indexOf(partition) < index)
  if (twice !== undefined) fail(`partition ${twice} is named twice`)
  return { partitions, exitAtEnd: values['exit-at-end'], rebuild: values.rebuild }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        'exit-at-end': { type: 'boolean', default: false },
        rebuild: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return fail((error as Error).message)
  }
}

function fail(what: string): never {
  throw new UsageError(`consumer.ts: ${what}\n${usage}`)
}
