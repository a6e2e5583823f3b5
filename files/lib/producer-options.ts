import { parseArgs } from 'node:util'
import { parseDate } from './calendar.ts'
import { type Unit, units } from './observations/form.ts'
import type { ObservationOptions } from './observations.ts'
import { UsageError } from './program.ts'
import { delaySeconds, parseSeconds } from './settings.ts'

const usage = `Usage: node producer.ts [--append] [--delay SECONDS] [--observations FILE|-...
  [--station ID] [--from DATE] [--to DATE] [--units F|C|tenths] [--list-skipped]]`

/** What the producer's command line asks for. Without files of observations, weather is generated. */
export type ProducerOptions = {
  append: boolean
  files: string[]
  wanted: ObservationOptions
  delayMs: number
}

/**
 * Parses the producer's arguments.
 *
 * Without a delay, generated days come as AUTOGRADER_DELAY_OVERRIDE_VAL says and observed ones as fast as they are
 * acknowledged.
 *
 * @throws UsageError with the usage line
 */
export function parseProducerOptions(args: string[]): ProducerOptions {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const { append = false, observations = [], delay, ...wanted } = values
    if (observations.length === 0) refuse([...positionals, ...Object.keys(wanted).map((name) => `--${name}`)])
    const otherwise = observations.length === 0 ? delaySeconds() : 0
    return {
      append,
      files: [...observations, ...positionals],
      wanted: parseWanted(wanted),
      delayMs: 1000 * (delay !== undefined ? parseSeconds(delay, '--delay') : otherwise),
    }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}

const options = {
  append: { type: 'boolean' },
  observations: { type: 'string', multiple: true },
  station: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  units: { type: 'string' },
  'list-skipped': { type: 'boolean' },
  delay: { type: 'string' },
} as const

type WantedArguments = Partial<Record<'station' | 'from' | 'to' | 'units', string>> & {
  'list-skipped'?: boolean
}

function parseWanted(wanted: WantedArguments): ObservationOptions {
  const { station, from, to, units: unit, 'list-skipped': listSkipped = false } = wanted
  if (station !== undefined && !/^[\w-]{1,20}$/.test(station))
    throw new Error(`--station is '${station}': expected an id such as USW00094728.`)
  for (const [name, date] of Object.entries({ from, to })) {
    if (date !== undefined && !parseDate(date))
      throw new Error(`--${name} is '${date}': expected a day, YYYY-MM-DD.`)
  }
  if (from && to && from > to) throw new Error(`--from ${from} is after --to ${to}.`)
  if (unit !== undefined && !isUnit(unit))
    throw new Error(`--units is '${unit}': expected ${units.join(', ')}.`)
  return {
    listSkipped,
    ...(station && { station }),
    ...(from && { from }),
    ...(to && { to }),
    ...(unit && { unit }),
  }
}

function isUnit(text: string): text is Unit {
  return units.some((unit) => unit === text)
}

function refuse([first]: string[]): void {
  if (first) throw new Error(`Unexpected argument '${first}': it goes with --observations FILE.`)
}
