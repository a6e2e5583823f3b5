import { parseArgs } from 'node:util'
import { type Command, flag, type OptionTable, type Values } from './command.ts'
import { describeCommand, synopsisOf } from './command-help.ts'
import { Answer, UsageError } from './program.ts'
import { quoted } from './quoted.ts'
import { version } from './version.ts'

/** A command line that makes sense. */
export type CommandLine<Options extends OptionTable> = {
  values: Values<Options>
  /** The free arguments, as they are. */
  positionals: string[]
  /** The arguments by which another program is given the same, of those options that it shares. */
  repeat: (shared: OptionTable) => string[]
}

/**
 * Parses a command line.
 *
 * @param args without the program itself
 * @throws Answer when it asks for help or for the version
 * @throws UsageError when it makes no sense, naming the option and what was expected
 */
export function parseCommandLine<Options extends OptionTable>(
  command: Command<Options>,
  args: readonly string[],
): CommandLine<Options> {
  const { texts, positionals } = sortArguments(command, args)
  checkRelations(command, texts)
  const entries = Object.entries(command.options).map(([name, option]) => {
    try {
      return [name, option.read(texts.get(name) ?? [], `--${name}`)]
    } catch (error) {
      if (error instanceof UsageError) throw wrongUsage(command, error.message, error)
      throw error
    }
  })
  const repeat = (shared: OptionTable) =>
    Object.entries(shared).flatMap(([name, { placeholder }]) =>
      (texts.get(name) ?? []).map((text) => (placeholder ? `--${name}=${text}` : `--${name}`)),
    )
  return { values: Object.fromEntries(entries) as Values<Options>, positionals, repeat }
}

/** Says that a command line makes no sense: what is wrong with it, and where to read on. */
export function wrongUsage(command: Command, what: string, cause?: unknown): UsageError {
  const { name } = command
  const message = `${name.replace(/ --$/, '')}: ${what}\nUsage: ${synopsisOf(command)}. See ${name} --help`
  return new UsageError(message, { cause })
}

type Sorted = { texts: Map<string, string[]>; positionals: string[] }

function sortArguments(command: Command, args: readonly string[]): Sorted {
  const { options, argument, argumentsOf } = command
  const known = Object.entries({ ...options, help: flag(''), version: flag('') })
  const config = known.map(([name, { placeholder }]) => {
    const type = placeholder ? ('string' as const) : ('boolean' as const)
    return [name, { type, multiple: true, ...(name === 'help' && { short: 'h' }) }] as const
  })
  // Not strict: the messages of node:util speak of its own API.
  const { tokens } = parseArgs({
    ...{ args: [...args], options: Object.fromEntries(config), allowPositionals: true },
    ...{ strict: false, tokens: true },
  })
  const sorted: Sorted = { texts: new Map(), positionals: [] }
  for (const token of tokens) {
    if (token.kind === 'option') {
      const text = takeOption(command, token, args[token.index]!)
      sorted.texts.set(token.name, [...(sorted.texts.get(token.name) ?? []), text])
    } else if (token.kind === 'positional') sorted.positionals.push(token.value)
  }
  if (argument || sorted.positionals.length === 0) return sorted
  const [first] = sorted.positionals
  const given = argumentsOf && sorted.texts.get(argumentsOf)
  if (given)
    return { texts: sorted.texts.set(argumentsOf, [...given, ...sorted.positionals]), positionals: [] }
  const placement = argumentsOf ? `: it goes with ${callOf(argumentsOf, options)}.` : '.'
  throw wrongUsage(command, `Unexpected argument ${quoted(first!)}${placement}`)
}

type OptionToken = { name: string; value: string | undefined; inlineValue: boolean | undefined }

/** Checks an option as it was written; returns its text, an empty one for a flag. */
function takeOption(command: Command, { name, value, inlineValue }: OptionToken, written: string): string {
  if (name === 'help') throw new Answer(describeCommand(command))
  if (name === 'version') throw new Answer(`Almanac ${version}`)
  const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined
  if (!option) {
    const nearest = nearestOf(name, [...Object.keys(command.options), 'help', 'version'])
    const hint = nearest ? ` Did you mean --${nearest}?` : ''
    throw wrongUsage(command, `Unknown option ${quoted(written.replace(/=.*/s, ''))}.${hint}`)
  }
  if (!option.placeholder) {
    if (value === undefined) return ''
    throw wrongUsage(command, `--${name} takes no value, found ${quoted(value)}.`)
  }
  if (value === undefined)
    throw wrongUsage(command, `--${name} needs a value: ${callOf(name, command.options)}.`)
  if (inlineValue || !/^-./.test(value)) return value
  const advice = `To give a value that begins with a dash, write --${name}=${value}`
  throw wrongUsage(command, `--${name} needs a value, found ${quoted(value)}. ${advice}`)
}

function checkRelations(command: Command, texts: ReadonlyMap<string, readonly string[]>): void {
  const { options, exclusive = [] } = command
  for (const [name, given] of texts) {
    const { needs, isList, placeholder } = options[name]!
    if (placeholder && !isList && given.length > 1) throw wrongUsage(command, `--${name} is given twice.`)
    if (needs && !texts.has(needs))
      throw wrongUsage(command, `--${name} goes with ${callOf(needs, options)}, which is not given.`)
  }
  for (const group of exclusive) {
    const [one, other] = group.filter((name) => texts.has(name))
    if (other) throw wrongUsage(command, `--${one} and --${other} exclude each other.`)
  }
}

function callOf(name: string, options: OptionTable): string {
  return [`--${name}`, options[name]?.placeholder].filter(Boolean).join(' ')
}

/** The option that a misspelt one is most like; undefined when it is like none. */
function nearestOf(name: string, known: readonly string[]): string | undefined {
  const begun = known.filter((other) => name.length > 1 && other.startsWith(name))
  if (begun.length === 1) return begun[0]
  const [nearest] = known
    .map((other) => ({ other, distance: editDistance(name, other) }))
    .filter(({ other, distance }) => distance <= Math.max(1, Math.floor(other.length / 3)))
    .sort((one, two) => one.distance - two.distance)
  return nearest?.other
}

/** How many letters must be added, removed, changed or swapped with the next one to make one word of the other. */
function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > other.length) return Number.POSITIVE_INFINITY
  const rows = [Array.from({ length: other.length + 1 }, (_, i) => i)]
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1]
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const replaced = rows[i - 1]![j - 1]! + (isSame ? 0 : 1)
      const swapped = isSwapped ? rows[i - 2]![j - 2]! + 1 : replaced
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced, swapped))
    }
    rows.push(row)
  }
  return rows[one.length]![other.length]!
}
