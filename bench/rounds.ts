/** What one measurement gave, round by round. */
export type Samples = { name: string; unit: string; values: number[] }

/**
 * Takes measurements by turns, A B C A B C and so on, so that what else the machine does falls on all alike.
 *
 * @param measures by name: each call gives one value in the unit, or undefined to leave the round out
 */
export async function takeTurns<Name extends string>(
  rounds: number,
  measures: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const entries = Object.entries(measures) as [Name, () => Promise<number>][]
  const taken = Object.fromEntries(entries.map(([name]) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of entries) taken[name].push(await measure())
  }
  return taken
}

/** The value below which a share of the others is: 0.5 for the median, 0.99 for the 99th percentile. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(Math.ceil(sorted.length * share), sorted.length) - 1]!
}

/** The median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
