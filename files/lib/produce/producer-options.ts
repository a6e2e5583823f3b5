import { type Command, defaulted, flag, list, type OptionTable, optional } from '../core/command.ts'
import { parseCommandLine, wrongUsage } from '../core/command-line.ts'
import { anyText, numberFrom, oneOf, seconds, type Value, wholeNumber } from '../core/option-values.ts'
import { delaySeconds } from '../core/settings.ts'
import type { ObservationOptions } from '../observations/observations.ts'
import { isTimeZone } from '../observations/time-zone.ts'
import { dateOrders } from '../observations/written-date.ts'
import { date } from '../weather/date-values.ts'
import { isName } from '../weather/source.ts'
import { units } from '../weather/unit.ts'

// So many sends a second at most when days go at a given speed: more days are put together.
const sendsPerSecond = 20

/** What the producer's command line asks for. Without files of observations, weather is generated. */
export type ProducerOptions = {
  append: boolean
  /** Whether to go on reading the files, and to send what is added. */
  follow: boolean
  /** Whether to show what would be sent of the files, and to send nothing. */
  check: boolean
  files: string[]
  wanted: ObservationOptions
  /** From one send to the next; 0 for as soon as the last one is acknowledged. */
  delayMs: number
  /** Days a send at most; undefined for as many as go well. */
  daysPerBeat: number | undefined
  /** How many years of generated days are sent as fast as they go, before the others. */
  headStartYears: number
}

// As a file has it: where stations have no ids their names stand for them.
const stationId: Value<string> = {
  parse: (text) => (/^[\w-]{1,20}$/.test(text) || isName(text) ? text : undefined),
  expected: 'an id such as USW00094728, or a name, as the file has it',
}

const stationName: Value<string> = {
  parse: (text) => (isName(text) ? text : undefined),
  expected: '1 to 80 characters, the first a letter or a digit',
}

const daysPerSecond: Value<number> = {
  parse: (text) => (/^\d+(\.\d+)?$/.test(text) ? numberFrom(0.001, 1e6).parse(text) : undefined),
  expected: 'a number from 0.001 to 1000000',
}

const zone: Value<string> = {
  parse: (text) => (isTimeZone(text) ? text : undefined),
  expected: 'the name of a time zone, such as Europe/Berlin',
}

/** The name of a column, as a header's names are compared. */
const columnName: Value<string> = {
  parse: (text) => text.trim().toLowerCase() || undefined,
  expected: 'the name of a column',
}

/** Words between commas, in lower case. */
const words: Value<string[]> = {
  parse: (text) => {
    const words = text.split(',').map((word) => word.trim().toLowerCase())
    return words.includes('') ? undefined : words
  },
  expected: 'words separated by commas',
}

const missingValues: Value<string[]> = {
  parse: (text) => (text === 'none' ? [] : words.parse(text)),
  expected: 'numbers separated by commas, or none',
}

const ofFiles = { needs: 'observations' }

/** What belongs to files of observations, for `npm start` too. */
export const observationOptions = {
  station: optional('ID', stationId, 'The station to take from files that hold several.', ofFiles),
  name: optional('TEXT', stationName, 'The station’s name.', ofFiles),
  from: optional('DATE', date, 'The first day to send.', ofFiles),
  to: optional('DATE', date, 'The last day to send.', ofFiles),
  units: optional(
    units.join('|'),
    oneOf(units),
    'The unit of the values, where the file does not tell.',
    ofFiles,
  ),
  'trust-units': flag('Believe the unit although the values look wrong in it.', ofFiles),
  column: optional('NAME', columnName, 'The column with the highest temperature of a CSV.', ofFiles),
  'date-order': optional(
    dateOrders.join('|'),
    oneOf(dateOrders),
    'The order of day, month and year in dates such as 03/04/2024.',
    ofFiles,
  ),
  missing: optional(
    'LIST',
    missingValues,
    'The numbers that stand for a missing value; none for no number.',
    ofFiles,
  ),
  'good-flags': optional(
    'LIST',
    words,
    'The quality flags of good values; blank for none, any for all.',
    ofFiles,
  ),
  timezone: optional(
    'ZONE',
    zone,
    'The station’s time zone, for moments and for when a day is over; this machine’s by default.',
    ofFiles,
  ),
  'no-model': flag('Leave out values that a model made, where the file says so.', ofFiles),
  'send-today': flag('Also send the newest day before it is over, and days to come.', ofFiles),
} satisfies OptionTable

/** How fast days are sent, for `npm start` too. */
export const speedOption = optional('N', daysPerSecond, 'Send so many days a second.')

/** How many generated years come first, for `npm start` too. */
export const headStartOption = (years: string) =>
  defaulted(years, 'YEARS', wholeNumber(0, 8000), 'Send the first years of generated days at once.')

const options = {
  append: flag('Keep the topic, and send only days after those in the log.'),
  observations: list(
    'FILE',
    anyText,
    'Send a station’s files instead of generated days; - is standard input.',
  ),
  check: flag('Show what would be sent, and send nothing. Needs no broker.', ofFiles),
  follow: flag('Stay, and send what is added to the files.', ofFiles),
  ...observationOptions,
  'list-skipped': flag('List each value that was left out, and why.', ofFiles),
  'days-per-second': speedOption,
  delay: optional('SECONDS', seconds, 'The time from one send to the next.'),
  'head-start': headStartOption('0'),
}

export const producerCommand = {
  name: 'producer.ts',
  purpose:
    'Sends daily maximum temperatures to the topic: generated ones, or a station’s. ' +
    'Without --append it deletes the topic with all its records, and creates it again.',
  argumentsOf: 'observations',
  options,
  exclusive: [
    ['delay', 'days-per-second'],
    ['head-start', 'observations'],
  ],
  settings: [
    ...['KAFKA_BOOTSTRAP_SERVERS', 'TOPIC', 'TOPIC_REPLICATION_FACTOR', 'AUTOGRADER_DELAY_OVERRIDE_VAL'],
    'KAFKA_SECURITY_PROTOCOL and those with it',
  ],
  examples: [
    ['npx node files/producer.ts', 'A generated day each 0.1 s.'],
    ['npx node files/producer.ts --append --observations station.csv', 'What is new in a station’s file.'],
  ],
} satisfies Command

/**
 * Parses the producer's arguments.
 *
 * Without a delay, generated days come as AUTOGRADER_DELAY_OVERRIDE_VAL says and observed ones as fast as they are
 * acknowledged.
 *
 * @param name how the user called it, for messages: `npm start` passes arguments on
 * @throws UsageError that names the option
 */
export function parseProducerOptions(args: readonly string[], name = producerCommand.name): ProducerOptions {
  const command = { ...producerCommand, name }
  const { values } = parseCommandLine(command, args)
  const { append, follow, check, observations: files, 'head-start': headStartYears, ...sending } = values
  const { delay, 'days-per-second': speed, ...others } = sending
  const { units: unit, 'trust-units': isUnitTrusted, 'date-order': dateOrder, ...rest } = others
  const { timezone: timeZone, 'no-model': noModel, ...further } = rest
  const { 'good-flags': goodFlags, 'send-today': sendToday, 'list-skipped': listSkipped, ...same } = further
  const reading = { unit, isUnitTrusted, dateOrder, timeZone, noModel, goodFlags }
  const wanted = { ...same, ...reading, sendToday, listSkipped }
  if (follow && files.includes('-'))
    throw wrongUsage(command, '--follow needs files: standard input has an end.')
  const { from, to } = wanted
  if (from && to && from > to) throw wrongUsage(command, `--from ${from} is after --to ${to}.`)
  const otherwise = files.length === 0 ? delaySeconds() : 0
  const pace = speed === undefined ? paceOf(delay ?? otherwise) : paceAt(speed)
  return { append, follow, check, files, wanted, headStartYears, ...pace }
}

function paceOf(seconds: number) {
  return { delayMs: 1000 * seconds, daysPerBeat: seconds > 0 ? 1 : undefined }
}

function paceAt(perSecond: number) {
  const daysPerBeat = Math.ceil(perSecond / sendsPerSecond)
  return { delayMs: (1000 * daysPerBeat) / perSecond, daysPerBeat }
}
