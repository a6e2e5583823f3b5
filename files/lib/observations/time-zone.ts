import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import { machineZone } from '../weather/local-date.ts'
import { dayNumber } from './days.ts'

const hour = 3600
// No local day is longer, whatever the clocks do.
const longestDay = 49 * hour

/** A moment as a clock on the wall shows it: the day YYYYMMDD, and seconds since 00:00. */
type WallTime = { day: number; seconds: number }

/** The clock of a time zone. Moments are in seconds since 1970. */
export type LocalClock = {
  timeZone: string
  dayOf: (moment: number) => number
  /** The first moment of the day after that of this one. */
  endOfDay: (moment: number) => number
  /** The day that begins at this moment; undefined when none does. */
  dayBegunAt: (moment: number) => number | undefined
}

/** Whether a name is one of a time zone, such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return false
  }
}

/**
 * Makes the clock of a time zone, of this machine's when none is named.
 *
 * @throws OperatingError when none is named and this machine's is not known: moments would be days of UTC
 */
export function localClock(timeZone = zoneOfMachine()): LocalClock {
  const wallTime = startWallTime(timeZone)
  return {
    timeZone,
    dayOf: (moment) => wallTime(moment).day,
    endOfDay: (moment) => endOfDay(wallTime, moment),
    dayBegunAt(moment) {
      const wall = wallTime(moment)
      if (wall.seconds === 0 || wallTime(moment - 1).day !== wall.day) return wall.day
      // A day without a 00:00, which the clocks passed over: some C libraries put it an hour before the day's start.
      const next = wallTime(moment + hour)
      return next.day !== wall.day && next.seconds === hour ? next.day : undefined
    },
  }
}

function zoneOfMachine(): string {
  const { name, isKnown } = machineZone()
  if (isKnown) return name
  throw new OperatingError(
    `TZ is ${quoted(process.env.TZ ?? '')}: expected a time zone that Node knows. Say the station's: --timezone Europe/Berlin. ` +
      'Nothing has been sent.',
  )
}

function startWallTime(timeZone: string): (moment: number) => WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return (moment) => {
    const parts = Object.fromEntries(
      format.formatToParts(moment * 1000).map(({ type, value }) => [type, value]),
    )
    const date = `${parts.year!.padStart(4, '0')}-${parts.month}-${parts.day}`
    const seconds = Number(parts.hour) * hour + Number(parts.minute) * 60 + Number(parts.second)
    return { day: dayNumber(date), seconds }
  }
}

/** The first moment of the next day, by halving: days have 23 to 25 hours, and begin at 01:00 where 00:00 is passed over. */
function endOfDay(wallTime: (moment: number) => WallTime, moment: number): number {
  const { day } = wallTime(moment)
  let [within, after] = [moment, moment + longestDay]
  while (after - within > 1) {
    const middle = Math.floor((within + after) / 2)
    if (wallTime(middle).day === day) within = middle
    else after = middle
  }
  return after
}
