import type { Pace } from '../core/pace.ts'
import { OperatingError } from '../core/program.ts'
import { printable } from '../core/quoted.ts'
import type { Observations } from '../observations/observations.ts'
import { checkFollows, describeMislabelled, type Logged } from './append.ts'
import { describeDifferences } from './differences.ts'
import { partitionOf, type Send } from './send.ts'
import { sendObservations } from './send-observations.ts'

/**
 * Sends of each reading of a station's files what the log lacks, and says, once, what differs from it. Of a later reading
 * that is another station's nothing is sent, which is said.
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
  let told: string[] = []
  for (let reading: Observations | undefined = first; reading; reading = await next()) {
    if (reading !== first && !mayBeSent(reading, logged)) continue
    const notes = [
      ...reading.notes,
      describeMislabelled(logged.source, reading.source),
      describeDifferences(reading.days, newestDates, logged.days),
    ].filter((note) => note !== undefined)
    for (const note of notes) if (!told.includes(note)) console.error(note)
    told = notes
    const list = reading === first ? reading.list : []
    for (const { date, degrees } of await sendObservations(send, { ...reading, list }, newestDates, pace)) {
      newestDates[partitionOf(date)] = date
      logged.days.set(date, degrees)
    }
  }
}

function mayBeSent({ source, days }: Observations, logged: Logged): boolean {
  try {
    checkFollows(logged, source, days)
    return true
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    console.error(`${printable(error.message)} It is read again when it changes.`)
    return false
  }
}
