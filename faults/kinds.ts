import type { Value } from '../files/lib/core/option-values.ts'

/** Every kind of fault, with how often a short run inflicts it and about how long each takes. */
const table = {
  'kill-consumer': { times: 60, costMs: 2300 },
  'freeze-consumer': { times: 3, costMs: 7500 },
  'term-consumer': { times: 6, costMs: 2600 },
  'clock-consumer': { times: 6, costMs: 2500 },
  'kill-producer': { times: 8, costMs: 3000 },
  'freeze-producer': { times: 2, costMs: 7500 },
  'term-producer': { times: 3, costMs: 3000 },
  'clock-producer': { times: 3, costMs: 3000 },
  'kill-broker': { times: 6, costMs: 9000 },
  'freeze-broker': { times: 2, costMs: 10_000 },
  'term-broker': { times: 2, costMs: 8000 },
  refuse: { times: 6, costMs: 2000 },
  reset: { times: 6, costMs: 1000 },
  'black-hole': { times: 6, costMs: 4000 },
  delay: { times: 6, costMs: 2500 },
  throttle: { times: 6, costMs: 2500 },
  'drop-ack': { times: 6, costMs: 1000 },
  recreate: { times: 2, costMs: 0 },
} as const

/** Names a kind of fault: what is done, and to whom where that is not the network. */
export type Kind = keyof typeof table

/** How often each kind is inflicted. */
export type Counts = Readonly<Record<Kind, number>>

export const kinds = Object.keys(table) as Kind[]

/** The faults of the network, by the proxy between clients and broker. */
export const networkKinds = ['refuse', 'reset', 'black-hole', 'delay', 'throttle', 'drop-ack'] as const

/** How often each kind is inflicted in a short run. */
export const usualCounts = countsOf((kind) => table[kind].times)

/** About how long a fault takes, the pause before it included, in milliseconds. */
export function costMs(kind: Kind): number {
  return table[kind].costMs
}

/** Lists how often each kind was inflicted, a line a kind. */
export function describeDone(done: ReadonlyMap<Kind, number>): string {
  const own = kinds.filter((kind) => done.has(kind))
  return own.map((kind) => `${String(done.get(kind)).padStart(6)} ${kind}`).join('\n')
}

/** Makes counts of a function. */
export function countsOf(count: (kind: Kind) => number): Counts {
  return Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) as Counts
}

/** Counts as in `kill-consumer=1000,reset=100`; a kind that is not named is not inflicted. */
export const countsValue: Value<Counts> = {
  parse: (text) => {
    const counts = new Map<string, number>()
    for (const part of text.split(',')) {
      const [, name, count] = /^([a-z-]+)=(\d{1,6})$/.exec(part.trim()) ?? []
      if (!kinds.some((kind) => kind === name)) return undefined
      counts.set(name!, Number(count))
    }
    return countsOf((kind) => counts.get(kind) ?? 0)
  },
  expected: `kind=count, several with commas, of ${kinds.join(', ')}`,
}
