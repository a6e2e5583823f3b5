import { tellParent } from '../core/notice.ts'
import type { Pace } from '../core/pace.ts'
import type { DailyHigh, Observations } from '../observations/observations.ts'
import { countSkipped, printSkipped } from '../observations/skipped.ts'
import type { NewestDates } from '../topic/newest-dates.ts'
import { daysPerSend, partitionOf, type Send } from './send.ts'

/**
 * Sends observed days in order, many a send, with a progress line on a terminal and a summary at the end.
 *
 * @param newestDates by partition, what the log already holds: a day is sent only when it is after the newest date of its
 *   own partition, for a send spans the partitions and may have been cut short between them
 * @param pace how many days a send at most, and what is awaited before each; that throws when the program is to stop
 * @returns the days sent
 */
export async function sendObservations(
  send: Send,
  observations: Observations,
  newestDates: NewestDates,
  { beat, daysPerBeat = daysPerSend }: Pace,
): Promise<DailyHigh[]> {
  printSkipped(observations)
  const { days } = observations
  const missing = days.filter(({ date }) => date > (newestDates[partitionOf(date)] ?? ''))
  const progress = startProgress(missing.length)
  try {
    for (let from = 0; from < missing.length; from += daysPerBeat) {
      await beat()
      const part: DailyHigh[] = missing.slice(from, from + daysPerBeat)
      await send(part)
      progress.show(from + part.length)
    }
  } finally {
    progress.end()
  }
  tellParent({ kind: 'days sent', days: missing.length, seconds: progress.seconds() })
  const notes = countSkipped(observations)
  if (days.length > missing.length) notes.push(`${days.length - missing.length} in the log already`)
  console.log(`Sent ${missing.length} days (${notes.join(', ')}) in ${progress.speed(missing.length)}.`)
  return missing
}

function startProgress(total: number) {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const perSecond = (sent: number) => sent / Math.max(seconds(), 0.001)
  const isTerminal = process.stderr.isTTY
  return {
    /** Replaces the progress line: at most once a send, so it needs no timer. */
    show(sent: number) {
      if (!isTerminal) return
      const left = ((total - sent) / perSecond(sent)).toFixed(0)
      const line = `${sent} of ${total} days, ${perSecond(sent).toFixed(0)} days/s, ${left} s left`
      process.stderr.write(`\r\x1b[K${line}`)
    },
    end() {
      if (isTerminal) process.stderr.write('\r\x1b[K')
    },
    seconds,
    speed: (sent: number) => `${seconds().toFixed(2)} s, ${perSecond(sent).toFixed(0)} days/s`,
  }
}
