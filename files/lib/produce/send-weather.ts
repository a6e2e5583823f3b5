import { firstDate, generateWeather } from '../../weather.ts'
import type { DailyHigh } from '../observations/observations.ts'
import { dateAfter, type NewestDates } from '../topic/newest-dates.ts'
import { daysPerSend, partitionOf, type Send } from './send.ts'

/** Which generated days to send, and when. */
export type WeatherPlan = {
  /** By partition, what the log already holds. */
  newestDates: NewestDates
  /** How many years from the generator's first day are sent as fast as they go. */
  headStartYears: number
  /** Awaited before each later day; throws when the program is to stop. */
  beat: () => Promise<void>
  signal: AbortSignal
}

/** Sends generated weather until the program stops or the dates end. */
export async function sendWeather(send: Send, plan: WeatherPlan): Promise<void> {
  const { newestDates, headStartYears, beat, signal } = plan
  // Without a head start no day is before its end, also where the log goes on from a day before the generator's first.
  const headStartEnd = headStartYears > 0 ? yearsAfter(firstDate, headStartYears) : ''
  const next = dateAfter(newestDates, firstDate)
  // A bulk spans the partitions and may have been cut short between them: each partition's own newest date tells then.
  const isInHeadStart = next && next > firstDate && next <= headStartEnd
  const start = isInHeadStart ? firstDate : next
  let [bulk, sent]: [DailyHigh[], number] = [[], 0]
  const flush = async () => {
    signal.throwIfAborted()
    if (bulk.length > 0) await send(bulk)
    sent += bulk.length
    bulk = []
  }
  let isAhead = headStartYears > 0
  for (const day of start ? generateWeather(Math.random, start) : []) {
    if (day.date <= (newestDates[partitionOf(day.date)] ?? '')) continue
    if (day.date < headStartEnd) {
      if (bulk.push(day) === daysPerSend) await flush()
      continue
    }
    if (isAhead) {
      await flush()
      if (sent > 0) console.log(`Sent a head start of ${sent} records, the days before ${headStartEnd}.`)
      isAhead = false
    }
    await beat()
    await send([day])
  }
  await flush()
  console.log('The weather has come to 9999-12-31, the last date whose year has four digits.')
}

function yearsAfter(date: string, years: number): string {
  return `${Number(date.slice(0, 4)) + years}${date.slice(4)}`
}
