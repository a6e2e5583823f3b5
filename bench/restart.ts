import type { History } from './history.ts'
import { offsetsIn, startConsumer, whenOffsets } from './live-consumer.ts'
import { figureRow, type Measured, timeRow } from './report-table.ts'
import { median, takeTurns } from './rounds.ts'
import { whileSending } from './send-days.ts'
import type { Setup } from './setup.ts'

/** Measures SIGKILL and start of a live consumer, to the first durable file past the old offset. */
export async function measureRestart(
  setup: Setup,
  histories: Record<'none' | 'short' | 'long', History>,
  rounds: number,
): Promise<Measured> {
  const { none, short, long } = histories
  const taken = await takeTurns(rounds, {
    none: () => restart(setup, none),
    short: () => restart(setup, short),
    long: () => restart(setup, long),
  })
  const ms = { none: median(taken.none), short: median(taken.short), long: median(taken.long) }
  const what = 'SIGKILL and start → first durable file past the old offset'
  return {
    rows: [
      figureRow(`${what}, ${short.name}`, ms.short, 'ms', 900, 600),
      timeRow(`the same, ${long.name} ÷ ${none.name}`, ms.long, ms.none, 1.3, 1.1),
    ],
    raw: (['none', 'short', 'long'] as const).map((key) => ({
      ...{ what: `${what}, ${histories[key].name}`, unit: 'ms', values: taken[key] },
    })),
  }
}

/** Days of four months, so that records wait in each partition. */
const waitingDays = 124

function restart(setup: Setup, history: History): Promise<number> {
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
    const second = await startConsumer(setup, history)
    try {
      await whenOffsets(history.folder, isPast(old))
      return killMs + performance.now() - startedAt
    } finally {
      await second.stop(5000)
    }
  })
}
