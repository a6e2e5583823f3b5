import { join } from 'node:path'
import { OperatingError } from '../files/lib/core/program.ts'
import { type ByYearFile, makeByYear } from './make-by-year.ts'
import type { Observed } from './observe.ts'
import { figureRow, type Measured, speedRow } from './report-table.ts'
import { median, takeTurns } from './rounds.ts'
import { findResult, runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

const reader = join(import.meta.dirname, 'read-station.ts')
const observer = join(import.meta.dirname, 'observe.ts')
const producer = join(import.meta.dirname, '../files/producer.ts')
const megabytesMax = 150

/** What our reader prints of itself. */
export type StationRead = { ms: number; days: number; peakMegabytes: number }

/** Measures one station picked from a by-year file of thousands, against `zcat | grep`. */
export async function measureByYear(setup: Setup, stations: number, rounds: number): Promise<Measured> {
  const file = await makeByYear(join(setup.folder, '2024.csv.gz'), stations, setup.signal)
  const peaks: number[] = []
  const taken = await takeTurns(rounds, {
    ours: async () => {
      const { ms, peakMegabytes } = await readOurs(setup, file)
      peaks.push(peakMegabytes)
      return ms
    },
    grep: () => grep(setup, file),
  })
  const whole = await producerPeak(setup, file)
  const what = `by-year file of ${(file.lineCount / 1e6).toFixed(1)} M lines, one station of ${stations}`
  return {
    rows: [
      speedRow(`${what}: lines, speed ÷ grep fed by zcat`, file.lineCount, [taken.ours, taken.grep], [1]),
      figureRow('the same: peak RSS of the reader', median(peaks), 'MB', [megabytesMax]),
      figureRow('the same: peak RSS of producer.ts as npm start runs it', whole, 'MB', [megabytesMax]),
    ],
    raw: [
      { what: `${what}: ours`, unit: 'ms', values: taken.ours },
      { what: `${what}: grep fed by zcat (LC_ALL=C)`, unit: 'ms', values: taken.grep },
    ],
  }
}

async function readOurs({ signal }: Setup, { path, station, days }: ByYearFile): Promise<StationRead> {
  const lines = await runToEnd({ command: process.execPath, args: [reader, path, station] }, signal)
  const read = findResult<StationRead>(lines)
  if (read.days !== days)
    throw new OperatingError(`${path}: ${read.days} days read of ${station}, not ${days}.`)
  return read
}

/** In milliseconds, from the start of the pipe to its end. */
async function grep({ signal }: Setup, { path, station, days }: ByYearFile): Promise<number> {
  const pattern = `^${station},........,TMAX,`
  const args = ['-c', 'zcat "$0" | LC_ALL=C grep -c "$1"', path, pattern]
  const begin = performance.now()
  const lines = await runToEnd({ command: 'sh', args }, signal)
  const ms = performance.now() - begin
  if (Number(lines.at(-1)) !== days)
    throw new OperatingError(`grep found ${lines.at(-1)} lines, not ${days}.`)
  return ms
}

/** Of the whole process, its second run: compiled modules are kept, as `npm start` keeps them. */
async function producerPeak(setup: Setup, { path, station }: ByYearFile): Promise<number> {
  const environment = {
    ...process.env,
    KAFKA_BOOTSTRAP_SERVERS: setup.address,
    TOPIC: 'by-year',
    NODE_COMPILE_CACHE: await setup.makeFolder('compiled'),
  }
  const run = (...args: string[]) => {
    const whole = ['--import', observer, producer, '--observations', ...args]
    return runToEnd({ command: process.execPath, args: whole, environment }, setup.signal)
  }
  const small = await makeByYear(join(setup.folder, 'one.csv.gz'), 1, setup.signal)
  await run(small.path)
  return findResult<Observed>(await run(path, '--station', station)).peakMegabytes
}
