import { type Counts, costMs, type Kind, kinds, networkKinds } from './kinds.ts'

const programs = ['consumer 0 2', 'consumer 1 3', 'producer'] as const

/** The programs that run, consumers by the partitions they keep. */
export type Program = (typeof programs)[number]

/** Who faults befall, one after the other for each, all at the same time. */
export const lanes = [...programs, 'broker', 'network'] as const

export type Lane = (typeof lanes)[number]

/** A fault as it was drawn. */
export type Fault = {
  kind: Kind
  /** How long after the one before it, which has ended and whose victim runs again. */
  waitMs: number
  /** Whether that time begins when the victim has done something: written a file, had a record acknowledged. */
  atWork: boolean
  /** How long it lasts, where it does. */
  forMs: number
  /** Uniform in [0, 1): what else there is to draw, such as how slow a slow network is. */
  draw: number
}

/** Faults for each lane; then all is healed and judged. */
export type Round = { recreates: boolean; faults: Readonly<Record<Lane, readonly Fault[]>> }

type Range = readonly [low: number, high: number]

// Of a consumer's life: killed before it has its lock, while it starts, at its first write, and in full work.
const waits: Readonly<Record<Lane, Range>> = {
  'consumer 0 2': [0, 2000],
  'consumer 1 3': [0, 2000],
  producer: [0, 3000],
  broker: [500, 4000],
  network: [50, 800],
}

/**
 * Draws the rounds of a run. The same numbers give the same rounds.
 *
 * @param random uniform in [0, 1)
 * @param counts how often each kind is inflicted in all
 * @param roundMs about how long a round's faults are to take
 */
export function drawRounds(random: () => number, counts: Counts, roundMs: number): Round[] {
  const decks = new Map(lanes.map((lane): [Lane, Kind[]] => [lane, []]))
  for (const kind of kinds) {
    for (let i = 0; i < counts[kind] && kind !== 'recreate'; i++) decks.get(laneOf(kind, random))!.push(kind)
  }
  const longest = Math.max(
    ...[...decks.values()].map((deck) => deck.reduce((sum, kind) => sum + costMs(kind), 0)),
  )
  const roundCount = Math.max(Math.ceil(longest / roundMs), counts.recreate + 1)
  // Not the first: there is nothing yet to be recreated.
  const later = Array.from({ length: roundCount - 1 }, (_, index) => index + 1)
  const recreated = new Set(shuffle(later, random).slice(0, counts.recreate))
  for (const deck of decks.values()) shuffle(deck, random)
  return Array.from({ length: roundCount }, (_, index) => {
    const dealt = (deck: Kind[]) =>
      deck.slice((index * deck.length) / roundCount, ((index + 1) * deck.length) / roundCount)
    const faults = lanes.map((lane) => [
      lane,
      dealt(decks.get(lane)!).map((kind) => drawFault(kind, lane, random)),
    ])
    return { recreates: recreated.has(index), faults: Object.fromEntries(faults) }
  })
}

function laneOf(kind: Kind, random: () => number): Lane {
  if (networkKinds.some((name) => name === kind)) return 'network'
  if (kind.endsWith('-broker')) return 'broker'
  if (kind.endsWith('-producer')) return 'producer'
  return random() < 0.5 ? 'consumer 0 2' : 'consumer 1 3'
}

function drawFault(kind: Kind, lane: Lane, random: () => number): Fault {
  const uniform = ([low, high]: Range) => Math.round(low + (high - low) * random())
  const atWork = random() < 0.5
  const waitMs = uniform(waits[lane])
  return { kind, waitMs, atWork, forMs: uniform(lasting(kind, random)), draw: random() }
}

/** Most black holes pass before a client gives up, one in eight does not. */
function lasting(kind: Kind, random: () => number): Range {
  if (kind.startsWith('freeze')) return [2000, 10_000]
  if (kind.endsWith('-broker')) return [0, 2000]
  if (kind === 'black-hole') return random() < 1 / 8 ? [10_000, 14_000] : [300, 3000]
  return [200, 2500]
}

function shuffle<Item>(items: Item[], random: () => number): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[items[last], items[other]] = [items[other]!, items[last]!]
  }
  return items
}
