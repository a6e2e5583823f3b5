import { OperatingError } from '../core/program.ts'
import type { Unit } from '../weather/unit.ts'
import type { Place } from './days.ts'

/** A value in its file's unit, `isWhole` as it is written. */
export type Found = {
  day: number
  value: number
  isWhole: boolean
  hours: number | undefined
  place: Place
}

// What no thermometer shows in °F, let alone in °C: such a value can only be in tenths.
const beyondFahrenheit = 140
const beyondTenths = 900
// A single slip of the pen must not turn a file in °F into one in tenths.
const enoughToTell = 1 / 20

/**
 * Tells the unit of a file's values: when enough of them are whole numbers beyond any °F they are tenths of °C.
 *
 * @throws OperatingError when they may be in several units
 */
export function tellUnit(found: readonly Found[], source: string): Unit {
  const tenths = found.filter(
    ({ value }) => Math.abs(value) > beyondFahrenheit && Math.abs(value) <= beyondTenths,
  )
  if (found.every(({ isWhole }) => isWhole) && tenths.length >= found.length * enoughToTell) return 'tenths'
  throw new OperatingError(
    `${source}: its values do not tell their unit: they may be °F, °C or tenths of °C (${found.length} values, ` +
      `${tenths.length} of them beyond ${beyondFahrenheit}). Say it by --units F, --units C or --units tenths. Nothing has been sent.`,
  )
}
