import type { MonthAverage, MonthAverages } from '../lib/results/month-averages.ts'
import type { LoggedMonth } from '../lib/verify/log-history.ts'
import { type Climate, describeClimate } from './climate.ts'
import type { Fragments } from './fragments.ts'
import { statsFragments } from './fragments.ts'
import type { LogAccess } from './log-access.ts'
import type { Unit } from './unit.ts'

// A day that lies in the past of the log stays what it was, unless the topic is recreated.
const ageMs = 1000

/**
 * Renders the fragments as they were when a day was the newest: computed from the log, as `verify.ts --at-date` does.
 *
 * @param now the page as it is, for its source and reference period
 * @throws OperatingError with the reason why the log cannot be read
 */
export async function fragmentsAt(
  access: LogAccess,
  date: string,
  now: Climate,
  unit: Unit,
): Promise<Fragments> {
  const log = await access.read(ageMs)
  const { source, normals } = now
  const climate = describeClimate(averagesOf(log.monthsAt(date)), { source, period: normals?.period })
  return statsFragments(climate, unit)
}

function averagesOf(months: readonly LoggedMonth[]): MonthAverages {
  const averages: MonthAverages = new Map()
  for (const { name, ...average } of months) {
    const years = averages.get(name) ?? new Map<number, MonthAverage>()
    averages.set(name, years.set(average.year, average))
  }
  return averages
}
