import type { Unit } from '../weather/unit.ts'
import { parseNumber } from './number-text.ts'

const words = new Set(
  ' na nan n/a n.a. #n/a null (null) \\n none nil m missing nodata no_data . ? - -- --- – —'.split(' '),
)
const nines = /^9{2,}(?:\.9+)?$/

/** What stands for a missing value: words and signs, and numbers that no thermometer shows. */
export type Missing = {
  isWord: (text: string) => boolean
  isNumber: (value: number, unit: Unit) => boolean
}

/**
 * Makes the rule for missing values. Words and signs, in capitals or not: nothing at all, `NA`, `NaN`, `N/A`, `null`, `none`,
 * `M`, `-` and the like. Numbers: of nines alone, such as -99, -99.9, -999, 999 and 9999, unless the unit has a thermometer
 * that shows it; and -32768 and 32767.
 *
 * In °F -99 is missing although Antarctica has been so cold, while 99 and 99.9 are values. In tenths of °C both -99 and 99
 * are values.
 *
 * @param given what `--missing` says: these numbers in place of the usual ones, and these words beside them
 */
export function missingRule(given: readonly string[] | undefined): Missing {
  const own = new Set(given?.map((text) => text.toLowerCase()))
  const numbers = given && new Set(given.map((text) => parseNumber(text)))
  return {
    isWord: (text) =>
      words.has(text.toLowerCase()) || (own.has(text.toLowerCase()) && parseNumber(text) === undefined),
    isNumber: (value, unit) => (numbers ? numbers.has(value) : isUsualNumber(value, unit)),
  }
}

function isUsualNumber(value: number, unit: Unit): boolean {
  if (value === -32768 || value === 32767) return true
  const size = Math.abs(value)
  if (!nines.test(String(size))) return false
  if (size >= 999) return true
  if (unit === 'tenths') return !Number.isInteger(value)
  return unit !== 'F' || value < 0
}
