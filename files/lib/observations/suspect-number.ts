import { OperatingError } from '../core/program.ts'
import { inCelsius, type Unit, unitNames } from '../weather/unit.ts'
import type { Found } from './unit-evidence.ts'

// In °C. Weather changes by so much from one day to the next and back in no place; a faulty sensor may show it once.
const farAway = 30
const timesToTell = 2
// They stand for a missing value in columns of a fixed width, and are temperatures in °F. In °C they are beyond all records.
const marksInFahrenheit = [99.9, 99.99]

/**
 * Checks that no number of a table may stand for a missing value: 99.9 °F, -9.999, and a number that lies more than 30 °C from
 * the days around it at least twice, as 0 would in summer.
 *
 * @param values in the order of their days
 * @throws OperatingError that says by which option it is said
 */
export function checkSuspects(source: string, values: readonly Found[], unit: Unit): void {
  const isMark = ({ value }: Found) =>
    (unit === 'F' && marksInFahrenheit.includes(value)) || /^-?9\.9{3,}$/.test(String(value))
  const suspect = values.find(isMark) ?? findOutlier(values, unit)
  if (!suspect) return
  const { value, place } = suspect
  const times = values.filter((other) => other.value === value).length
  throw new OperatingError(
    `${source}: line ${place.line}: ${value} ${unitNames[unit]} may stand for a missing value: it is there ${times} times. ` +
      `If it does, say --missing=${value}; if it is a temperature, say --missing=none. Nothing has been sent.`,
  )
}

function findOutlier(values: readonly Found[], unit: Unit): Found | undefined {
  const far = new Map<number, number>()
  for (const { found, distance, times } of lookAround(values, unit)) {
    if (distance <= farAway) continue
    const sum = (far.get(found.value) ?? 0) + times
    if (sum >= timesToTell) return found
    far.set(found.value, sum)
  }
  return undefined
}

/** How far each value lies from both values around it, in °C: 0 when it lies between them. The same number day after day is one. */
function* lookAround(
  values: readonly Found[],
  unit: Unit,
): Generator<{ found: Found; distance: number; times: number }> {
  let [start, before] = [0, undefined as number | undefined]
  for (const [index, found] of values.entries()) {
    const next = values[index + 1]
    if (next?.value === found.value) continue
    const degrees = inCelsius(found.value, unit)
    if (before !== undefined && next) {
      const [below, above] = [degrees - before, degrees - inCelsius(next.value, unit)]
      const distance = below > 0 === above > 0 ? Math.min(Math.abs(below), Math.abs(above)) : 0
      yield { found, distance, times: index + 1 - start }
    }
    before = degrees
    start = index + 1
  }
}
