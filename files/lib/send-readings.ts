import type { Logged } from './append.ts'
import { describeDifferences } from './differences.ts'
import type { Observations } from './observations.ts'
import type { Pace } from './pace.ts'
import { partitionOf, type Send } from './send.ts'
import { sendObservations } from './send-observations.ts'

/**
 * Sends of each reading of a station's files what the log lacks, and says, once, what differs from it.
 *
 * @param first the first reading
 * @param next gives a later one each time; undefined after the last
 * @param logged what the log holds beforehand; its `days` are added to
 */
export async function sendReadings(
  send: Send,
  first: Observations,
  next: () => Promise<Observations | undefined>,
  logged: Logged,
  pace: Pace,
): Promise<void> {
  const newestDates = [...logged.newestDates]
  let told: string | undefined
  for (let reading: Observations | undefined = first; reading; reading = await next()) {
    const differences = describeDifferences(reading.days, newestDates, logged.days)
    if (differences && differences !== told) console.error(differences)
    told = differences
    const list = reading === first ? reading.list : []
    for (const { date, degrees } of await sendObservations(send, { ...reading, list }, newestDates, pace)) {
      newestDates[partitionOf(date)] = date
      logged.days.set(date, degrees)
    }
  }
}
