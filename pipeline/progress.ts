import { setTimeout as sleep } from 'node:timers/promises'
import { formatNumber } from '../files/lib/core/format-number.ts'
import type { StatusLine } from '../files/lib/core/status-line.ts'
import { partitionPaths } from '../files/lib/engine/partition-paths.ts'
import { isStale, readStatus, type Status } from '../files/lib/engine/status-file.ts'
import { describeChaos, readChaosStatus } from '../files/lib/results/chaos-status.ts'
import { partitions } from '../files/lib/weather/partitions.ts'
import { runChild } from '../processes/run-child.ts'
import { programCommand } from './start-program.ts'

const plainEveryS = 10
const drawEveryS = 5

/**
 * Shows each second how the consumers of a data folder go, every tenth as a plain line where there is no terminal, and
 * redraws month.svg every few seconds, until the signal aborts.
 *
 * @param environment what plot.ts is run with; it has the data folder in DATA_DIR
 */
export async function showProgress(
  directory: string,
  environment: NodeJS.ProcessEnv,
  line: StatusLine,
  signal: AbortSignal,
): Promise<void> {
  const draw = chartDrawer(environment, line.say, signal)
  const noSignal = () => {} // The sleep's rejection at the end of it all.
  for (let second = 1; !signal.aborted; second++) {
    await sleep(1000, undefined, { signal }).catch(noSignal)
    if (signal.aborted) return
    const chaos = readChaosStatus(directory, Date.now())
    // First, for a terminal shows only as much as it has room for.
    const text = `${chaos ? `${describeChaos(chaos)}; ` : ''}${describe(readAll(directory), Date.now())}`
    if (line.isTerminal) line.show(text)
    else if (second % plainEveryS === 0) line.say(text)
    if (second % drawEveryS === 0) draw()
  }
}

/**
 * Puts the consumers' progress in a line: records a second in all, then each partition's offset and each one's lag.
 *
 * @param statuses by partition; undefined where there is none
 * @param now in milliseconds since 1970
 */
export function describe(statuses: readonly (Status | undefined)[], now: number): string {
  const isAtWork = (status: Status | undefined) =>
    status && status.state !== 'stopped' && !isStale(status, now)
  const rate = statuses.reduce((sum, status) => sum + (status && isAtWork(status) ? status.rate : 0), 0)
  const offsets = statuses.map((status) => (status ? formatNumber(status.offset, 0) : '-'))
  const lags = statuses.map((status) =>
    status && status.endOffset !== null ? formatNumber(status.endOffset - status.offset, 0) : '?',
  )
  const idle = [...statuses.keys()].filter((partition) => !isAtWork(statuses[partition]))
  const line = `${formatNumber(rate, rate < 100 ? 1 : 0)} records/s; offsets ${offsets.join(' ')}; lag ${lags.join(' ')}`
  return idle.length > 0 ? `${line}; no consumer on ${idle.join(', ')}` : line
}

function readAll(directory: string): (Status | undefined)[] {
  return partitions.map((partition) => readStatus(partitionPaths(directory, partition).status))
}

/** One drawing at a time; why one failed is told, but not over and over. */
function chartDrawer(environment: NodeJS.ProcessEnv, say: (line: string) => void, signal: AbortSignal) {
  let isDrawing = false
  let told = ''
  const draw = async () => {
    const { code, lines } = await runChild({ ...programCommand('plot.ts'), environment }, signal)
    const failure = code === 0 ? '' : `plot: ${lines.join('\n')}`
    if (failure && failure !== told) say(failure)
    told = failure
  }
  return () => {
    if (isDrawing) return
    isDrawing = true
    draw()
      .catch((error: Error) => {
        if (!signal.aborted) say(`plot: ${error.message}`)
      })
      .finally(() => {
        isDrawing = false
      })
  }
}
