import { parseArgs } from 'node:util'
import { UsageError } from '../core/program.ts'
import { parseDate } from '../weather/calendar.ts'
import { partitionCount } from '../weather/partitions.ts'

export type VerifyOptions = {
  /** The partitions to look at. */
  partitions: number[]
  list: boolean
  /** Print one JSON object instead of words. */
  json: boolean
  /** A month and year whose evidence is asked for. */
  month: { name: string; year: string } | undefined
  /** Print the file as it was at this offset, or when the log came to this date. */
  until: number | undefined
  atDate: string | undefined
}

const usage = `usage: verify.ts [--partition N] [--json | --list | --month January-2010 | --until OFFSET | --at-date YYYY-MM-DD]
  without options: hold every partition file against the log; exit code 0 when all agree, 1 when not or when there is no file
  --partition N        only this partition
  --json               print one JSON object instead, as docs/verify-json.md says
  --list               name each duplicate, late and refused record
  --month January-2010 show the records behind that number
  --until OFFSET       print the file as it was at that offset (with --partition)
  --at-date DATE       print the file as it was before the first report of a later date`

/** Parses the command line of verify.ts. @throws UsageError with the usage */
export function parseVerifyOptions(args: string[]): VerifyOptions {
  const text = { type: 'string' } as const
  const { values } = parse(() =>
    parseArgs({
      args,
      options: {
        ...{ partition: text, until: text, month: text, 'at-date': text },
        list: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }),
  )
  const { partition, until, list, month, json, 'at-date': atDate } = values
  const other = (['list', 'month', 'until', 'at-date'] as const).find((name) => values[name])
  if (json && other) fail(`--json and --${other} exclude each other`)
  if (until !== undefined && atDate !== undefined) fail('--until and --at-date exclude each other')
  if (until !== undefined && partition === undefined)
    fail('--until needs --partition: each has its own offsets')
  if (atDate !== undefined && !parseDate(atDate)) fail(`--at-date is '${atDate}', expected a day, YYYY-MM-DD`)
  const all = Array.from({ length: partitionCount }, (_, i) => i)
  return {
    partitions: partition === undefined ? all : [parseNumber('--partition', partition, partitionCount - 1)],
    list,
    json,
    month: month === undefined ? undefined : parseMonth(month),
    until: until === undefined ? undefined : parseNumber('--until', until, Number.MAX_SAFE_INTEGER),
    atDate,
  }
}

function parseNumber(name: string, text: string, max: number): number {
  if (/^\d{1,16}$/.test(text) && Number(text) <= max) return Number(text)
  return fail(`${name} is '${text}', expected a whole number, 0 to ${max}`)
}

function parseMonth(text: string): { name: string; year: string } {
  const [, name, year] = /^([A-Z][a-z]+)-(\d{4})$/.exec(text) ?? []
  if (name && year) return { name, year }
  return fail(`--month is '${text}', expected the form January-2010`)
}

function parse<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    return fail((error as Error).message)
  }
}

function fail(what: string): never {
  throw new UsageError(`verify.ts: ${what}\n${usage}`)
}
