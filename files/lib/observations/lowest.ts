import { OperatingError } from '../core/program.ts'
import { units } from '../weather/unit.ts'
import { type DegreesColumn, findLowest } from './columns.ts'
import type { Row } from './csv-row.ts'
import type { Missing } from './missing.ts'
import { parseNumber } from './number-text.ts'

const swappedMax = 3

/** Holds the highest temperatures against the lowest ones, when a table has both in one unit: none may be below. */
export function startLowest(
  source: string,
  names: readonly string[],
  highest: DegreesColumn,
  missing: Missing,
) {
  const lowest = findLowest(names, highest)
  const swapped: { line: number; high: string; low: string }[] = []
  let pairs = 0
  const numberIn = (text: string) => {
    const number = parseNumber(text.trim())
    const isMark = number !== undefined && units.some((unit) => missing.isNumber(number, unit))
    return isMark ? undefined : number
  }
  return {
    /** Takes a row of the station wanted. */
    take({ line, fields }: Row): void {
      if (!lowest) return
      const [high, low] = [fields[highest.index]!.trim(), fields[lowest.index]!.trim()]
      const [highNumber, lowNumber] = [numberIn(high), numberIn(low)]
      if (highNumber === undefined || lowNumber === undefined) return
      pairs++
      if (highNumber < lowNumber) swapped.push({ line, high, low })
    },
    /** @throws OperatingError when more than one row in a hundred is the wrong way round */
    finish(): void {
      const { length } = swapped
      // Of a long record a few days may be so, of a short one hardly half.
      if (length * 100 <= pairs || (length <= swappedMax && length * 2 <= pairs)) return
      const [{ line, high, low }] = swapped as [(typeof swapped)[0]]
      throw new OperatingError(
        `${source}: in ${length} of ${pairs} rows column ${highest.name} is below column ${lowest!.name} (first in ` +
          `line ${line}: ${high} and ${low}). Correct the names of the columns, or name the right one by --column. Nothing has been sent.`,
      )
    },
  }
}
