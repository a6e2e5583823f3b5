import { type Command, flag, optional } from '../core/command.ts'
import { parseCommandLine } from '../core/command-line.ts'
import { wholeNumber } from '../core/option-values.ts'
import { date, monthOfYear } from '../weather/date-values.ts'
import { partitionCount, partitions } from '../weather/partitions.ts'

export type VerifyOptions = {
  /** The partitions to look at. */
  partitions: readonly number[]
  list: boolean
  /** Print one JSON object instead of words. */
  json: boolean
  /** A month and year whose evidence is asked for. */
  month: { name: string; year: string } | undefined
  /** Print the file as it was at this offset, or when the log came to this date. */
  until: number | undefined
  atDate: string | undefined
}

const offset = wholeNumber(0, Number.MAX_SAFE_INTEGER)

const options = {
  partition: optional('N', wholeNumber(0, partitionCount - 1), 'Look at this partition only.'),
  json: flag('Print the result as one JSON object, see docs/verify-json.md.'),
  list: flag('Name each record that was not counted.'),
  month: optional('MONTH-YEAR', monthOfYear, 'Print the records behind this month, such as January-2010.'),
  until: optional('OFFSET', offset, 'Print the file as it was at this offset.', { needs: 'partition' }),
  'at-date': optional('DATE', date, 'Print the files as they were before the first report of a later date.'),
}

export const verifyCommand = {
  name: 'verify.ts',
  purpose:
    'Reads the log again, counts again by other means than the consumer, and compares every number of the ' +
    'partition files. Exit code 1 if one differs, or if there is no file.',
  options,
  exclusive: [
    ['json', 'list', 'until', 'at-date'],
    ['json', 'month', 'until', 'at-date'],
  ],
  settings: ['KAFKA_BOOTSTRAP_SERVERS', 'TOPIC', 'DATA_DIR', 'KAFKA_SECURITY_PROTOCOL and those with it'],
  examples: [
    ['npx node files/verify.ts', 'Compare all partition files with the log.'],
    ['npx node files/verify.ts --month January-2010', 'And print the records behind this month.'],
    ['npx node files/verify.ts --partition 2 --until 500', 'Print partition-2.json as it was at offset 500.'],
  ],
} satisfies Command

/** Parses the command line of verify.ts. @throws UsageError that names the option */
export function parseVerifyOptions(args: readonly string[]): VerifyOptions {
  const { partition, 'at-date': atDate, ...others } = parseCommandLine(verifyCommand, args).values
  return { ...others, partitions: partition === undefined ? partitions : [partition], atDate }
}
