import { readValue, type Value } from './option-values.ts'

/**
 * A program's command line, declared once: `--help`, the checks and the messages derive from it.
 *
 * `--help` and `--version` come by themselves.
 */
export type Command<Options extends OptionTable = OptionTable> = {
  /** As it is called: `consumer.ts`, `npm start --`. */
  name: string
  /** What it does, in a sentence or two. */
  purpose: string
  /** What its free arguments are; without it there are none. */
  argument?: { placeholder: string; help: string }
  /** Or they are further values of this option, so that a shell's `*.csv` may follow it. */
  argumentsOf?: string
  options: Options
  /** Options of which at most one may be given. */
  exclusive?: readonly (readonly string[])[]
  /** The environment variables it reads. */
  settings?: readonly string[]
  examples: readonly (readonly [call: string, what: string])[]
}

/** Options by name, without the dashes. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>

/** An option: made by `flag`, `optional`, `defaulted` and `list`. */
export type Option<Result> = {
  /** A sentence for `--help`. */
  help: string
  /** What stands for its value in `--help`; none for a flag. */
  placeholder?: string
  /** The value when it is not given, as a text that `--help` shows. */
  fallback?: string
  /** Whether it may be given several times. */
  isList?: boolean
  /** Another option without which it makes no sense. */
  needs?: string
  /** Makes the result of all texts given: none when it is not given, an empty one for a flag. */
  read: (texts: readonly string[], name: string) => Result
}

/** What was given, by option's name. */
export type Values<Options extends OptionTable> = {
  [Name in keyof Options]: Options[Name] extends Option<infer Result> ? Result : never
}

type More = Pick<Option<unknown>, 'needs'>

/** An option without a value: true when it is given. */
export function flag(help: string, more: More = {}): Option<boolean> {
  return { help, ...more, read: (texts) => texts.length > 0 }
}

/** An option with a value, undefined when it is not given. */
export function optional<Result>(
  placeholder: string,
  value: Value<Result>,
  help: string,
  more: More = {},
): Option<Result | undefined> {
  const read = ([text]: readonly string[], name: string) =>
    text === undefined ? undefined : readValue(name, text, value)
  return { help, placeholder, ...more, read }
}

/** An option with a value that it also has when it is not given. */
export function defaulted<Result>(
  fallback: string,
  placeholder: string,
  value: Value<Result>,
  help: string,
): Option<Result> {
  return {
    ...{ help, placeholder, fallback },
    read: ([text = fallback], name) => readValue(name, text, value),
  }
}

/** An option that may be given several times: all its values. */
export function list<Result>(
  placeholder: string,
  value: Value<Result>,
  help: string,
  more: More = {},
): Option<Result[]> {
  const read = (texts: readonly string[], name: string) => texts.map((text) => readValue(name, text, value))
  return { help, placeholder, isList: true, ...more, read }
}
