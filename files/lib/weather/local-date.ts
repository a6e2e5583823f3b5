/** Where the day is told: a zone of the IANA database. `isKnown` is false for the last zone, in place of one that is not. */
export type Zone = { name: string; isKnown: boolean }

// The zone where each day ends last, UTC-12, and the one where it begins first.
const lastZone = 'Etc/GMT+12'
const firstZone = 'Pacific/Kiritimati'

/**
 * The machine's time zone, which `TZ` sets. Where Node does not know it, in place of it the zone in which a day ends last:
 * a day that is over there is over everywhere.
 */
export function machineZone(): Zone {
  const { TZ } = process.env
  const named = TZ ? TZ.replace(/^:/, '') : new Intl.DateTimeFormat().resolvedOptions().timeZone
  const isKnown = named !== undefined && named !== 'Etc/Unknown' && isZone(named)
  return isKnown ? { name: named, isKnown } : { name: lastZone, isKnown }
}

/** Whether a text names a time zone, as Europe/Berlin does. */
function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The date `YYYY-MM-DD` of a moment, in milliseconds since 1970, in a time zone. */
export function localDate(moment: number, timeZone: string): string {
  // Canada writes dates as ISO 8601 does.
  const form = { year: 'numeric', month: '2-digit', day: '2-digit', timeZone } as const
  return new Intl.DateTimeFormat('en-CA', form).format(moment)
}

/** The newest of all dates that it is anywhere on Earth. */
export function newestDateAnywhere(moment: number): string {
  return localDate(moment, firstZone)
}
