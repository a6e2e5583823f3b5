import { UsageError } from './program.ts'
import { quoted } from './quoted.ts'

/** How the text of an option or a setting becomes a value: undefined for a text that makes no sense. */
export type Value<Result> = {
  parse: (text: string) => Result | undefined
  /** What was expected, as in `expected a whole number from 0 to 3`. */
  expected: string
}

/** Reads a value. @throws UsageError that calls it `name`, the option or the environment variable */
export function readValue<Result>(name: string, text: string, { parse, expected }: Value<Result>): Result {
  const result = parse(text)
  if (result !== undefined) return result
  throw new UsageError(`${name} is ${quoted(text)}: expected ${expected}.`)
}

/** Any text but the empty one. */
export const anyText: Value<string> = { parse: (text) => text || undefined, expected: 'a text' }

/** A port, 0 to 65535; 0 stands for any free one. */
export const port: Value<number> = {
  parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined),
  expected: 'a whole number from 0 (any free port) to 65535',
}

/** A delay in seconds. */
export const seconds: Value<number> = numberFrom(0, 86_400, 'seconds, a number')

/** A number within these bounds, as `Number` reads it. */
export function numberFrom(low: number, high: number, what = 'a number'): Value<number> {
  return {
    parse: (text) => {
      const number = text.trim() === '' ? Number.NaN : Number(text)
      return number >= low && number <= high ? number : undefined
    },
    expected: `${what} from ${low} to ${high}`,
  }
}

/** A whole number within these bounds, in decimal digits. */
export function wholeNumber(low: number, high: number): Value<number> {
  return {
    parse: (text) =>
      /^\d{1,16}$/.test(text) && Number(text) >= low && Number(text) <= high ? Number(text) : undefined,
    expected: `a whole number from ${low} to ${high}`,
  }
}

/** One of these words. */
export function oneOf<Word extends string>(words: readonly Word[]): Value<Word> {
  return { parse: (text) => words.find((word) => word === text), expected: `one of ${words.join(', ')}` }
}
