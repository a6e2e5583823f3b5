import { parseArgs } from 'node:util'
import { UsageError } from '../core/program.ts'
import { delaySeconds, parseSeconds } from '../core/settings.ts'
import type { ObservationOptions } from '../observations/observations.ts'
import { parseDate } from '../weather/calendar.ts'
import { isName } from '../weather/source.ts'
import { type Unit, units } from '../weather/unit.ts'

const usage = `Usage: node producer.ts [--append] [--delay SECONDS | --days-per-second N] [--observations FILE|-...
  [--follow] [--station ID] [--name TEXT] [--from DATE] [--to DATE] [--units F|C|tenths] [--list-skipped]]
It deletes the topic with all its records, and creates it anew, unless --append is given.`

// So many sends a second at most when days go at a given speed: more days are put together.
const sendsPerSecond = 20

/** What the producer's command line asks for. Without files of observations, weather is generated. */
export type ProducerOptions = {
  append: boolean
  /** Whether to go on reading the files, and to send what is added. */
  follow: boolean
  files: string[]
  wanted: ObservationOptions
  /** From one send to the next; 0 for as soon as the last one is acknowledged. */
  delayMs: number
  /** Days a send at most; undefined for as many as go well. */
  daysPerBeat: number | undefined
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
    const { append = false, observations = [], delay, 'days-per-second': speed, ...rest } = values
    if (observations.length === 0) refuse([...positionals, ...Object.keys(rest).map((name) => `--${name}`)])
    const { follow = false, ...wanted } = rest
    const files = [...observations, ...positionals]
    if (follow && files.includes('-')) throw new Error('--follow needs files: standard input has an end.')
    if (delay !== undefined && speed !== undefined)
      throw new Error('--delay and --days-per-second exclude each other.')
    const otherwise = observations.length === 0 ? delaySeconds() : 0
    const pace =
      speed === undefined
        ? paceOf(delay === undefined ? otherwise : parseSeconds(delay, '--delay'))
        : parseSpeed(speed)
    return { append, follow, files, wanted: parseWanted(wanted), ...pace }
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
  name: { type: 'string' },
  follow: { type: 'boolean' },
  'list-skipped': { type: 'boolean' },
  'days-per-second': { type: 'string' },
  delay: { type: 'string' },
} as const

function paceOf(seconds: number) {
  return { delayMs: 1000 * seconds, daysPerBeat: seconds > 0 ? 1 : undefined }
}

function parseSpeed(text: string) {
  const perSecond = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  if (!(perSecond >= 0.001 && perSecond <= 1e6))
    throw new Error(`--days-per-second is '${text}': expected a number from 0.001 to 1000000.`)
  const daysPerBeat = Math.ceil(perSecond / sendsPerSecond)
  return { delayMs: (1000 * daysPerBeat) / perSecond, daysPerBeat }
}

type WantedArguments = Partial<Record<'station' | 'name' | 'from' | 'to' | 'units', string>> & {
  'list-skipped'?: boolean
}

function parseWanted(wanted: WantedArguments): ObservationOptions {
  const { station, name, from, to, units: unit, 'list-skipped': listSkipped = false } = wanted
  if (station !== undefined && !/^[\w-]{1,20}$/.test(station))
    throw new Error(`--station is '${station}': expected an id such as USW00094728.`)
  if (name !== undefined && !isName(name))
    throw new Error(`--name is '${name}': expected 1 to 80 characters, the first a letter or a digit.`)
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
    ...(name && { name }),
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
