import type { History } from './history.ts'
import { offsetsIn, startConsumer, whenOffsets } from './live-consumer.ts'
import { figureRow, type Measured } from './report-table.ts'
import { median, takeTurns } from './rounds.ts'
import { whileSending } from './send-days.ts'
import type { Setup } from './setup.ts'

/**
 * Measures SIGKILL and start of a live consumer, to the first durable file past the old offset: the time until the killed
 * process is gone and, once records wait for the next one, the time from its start until a file with some of them is seen.
 */
export async function measureRestart(
  setup: Setup,
  { short, long }: Record<'short' | 'long', History>,
  rounds: number,
): Promise<Measured> {
  const taken = await takeTurns(rounds, {
    short: () => restart(setup, short),
    long: () => restart(setup, long),
    first: async () => restart(setup, short, { ALMANAC_CACHE: await setup.makeFolder('empty-cache') }),
  })
  const what = 'SIGKILL and start → first durable file past the old offset'
  return {
    rows: [
      figureRow(`${what}, ${short.name}`, median(taken.short), 'ms', [250, 120]),
      figureRow(`${what}, ${long.name}`, median(taken.long), 'ms', [350, 250]),
    ],
    raw: [
      { what: `${what}, ${short.name}`, unit: 'ms', values: taken.short },
      { what: `${what}, ${long.name}`, unit: 'ms', values: taken.long },
      { what: `${what}, ${short.name}, no module compiled before`, unit: 'ms', values: taken.first },
    ],
  }
}

/** Days of four months, so that records wait in each partition. */
const waitingDays = 124

/** @param environment further variables of the consumer that is started after the kill */
function restart(setup: Setup, history: History, environment: NodeJS.ProcessEnv = {}): Promise<number> {
  return whileSending(setup, history, async (send) => {
    const isPast = (old: readonly number[]) => (now: number[]) => now.some((offset, i) => offset > old[i]!)
    let old = offsetsIn(history.folder)
    const first = await startConsumer(setup, history)
    await send(waitingDays)
    await whenOffsets(history.folder, isPast(old))
    const killedAt = performance.now()
    await first.kill()
    const killMs = performance.now() - killedAt
    await send(waitingDays)
    old = offsetsIn(history.folder)
    const startedAt = performance.now()
    const second = await startConsumer(setup, history, environment)
    try {
      await whenOffsets(history.folder, isPast(old))
      return killMs + performance.now() - startedAt
    } finally {
      await second.stop(5000)
    }
  })
}
