import { OperatingError } from '../core/program.ts'
import { type Place, placeText } from './days.ts'

/** Makes the error for what does not fit its format. */
export function formatError(place: Place, found: string, expected: string) {
  return new OperatingError(
    `${place.source}: ${placeText(place)}: ${found}: expected ${expected}. Nothing has been sent.`,
  )
}
