import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OperatingError } from '../files/lib/core/program.ts'
import { monthNames } from '../files/lib/weather/calendar.ts'

/** What a consumer made of a topic: how many days it counted, and a digest of all its months. */
export type Folded = {
  count: number
  /** SHA-256 over a line a month in order of month and year: index, count, the sum's bits, first and last day. */
  digest: string
}

/** What a peer with our fold prints: milliseconds from the first poll to the end, and what it folded. */
export type FoldRun = { ms: number } & Folded

type Month = { index: number; count: number; sum: number; start: string; end: string }

const yearsMax = 10_000

/** What our partition files hold, in the form that the peers print; read as any JSON reader would. */
export function foldedIn(directory: string): Folded {
  const months = [0, 1, 2, 3].flatMap((partition) => monthsOf(join(directory, `partition-${partition}.json`)))
  const hash = createHash('sha256')
  for (const { index, count, sum, start, end } of months.toSorted((a, b) => a.index - b.index))
    hash.update(`${index} ${count} ${bitsOf(sum)} ${dayOf(start)} ${dayOf(end)}\n`)
  return { count: months.reduce((total, { count }) => total + count, 0), digest: hash.digest('hex') }
}

/** Throws an OperatingError when two consumers of a topic did not come to the same. */
export function expectSame(
  topic: string,
  [name, one]: [string, Folded],
  [other, two]: [string, Folded],
): void {
  if (one.digest === two.digest) return
  throw new OperatingError(
    `${topic}: ${name} counted ${one.count} days, digest ${one.digest.slice(0, 12)}; ` +
      `${other} ${two.count}, digest ${two.digest.slice(0, 12)}. The same was expected of both.`,
  )
}

function monthsOf(path: string): Month[] {
  const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, Month>>
  return monthNames.flatMap((name, month) =>
    Object.entries(file[name] ?? {}).map(([year, stats]) => ({
      ...stats,
      index: month * yearsMax + Number(year),
    })),
  )
}

function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes.toString('hex')
}

function dayOf(date: string): number {
  return Number(date.slice(8))
}
