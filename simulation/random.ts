import { randomFrom } from '../test/support/seeded-random.ts'

/** A stream of random numbers, each the same for the same seed and name. */
export type Random = {
  /** A number from `low` up to and without `high`. */
  between: (low: number, high: number) => number
  /** A whole number from `low` to `high`. */
  whole: (low: number, high: number) => number
  /** True with that probability. */
  chance: (probability: number) => boolean
  pick: <Item>(items: readonly Item[]) => Item
}

/**
 * Makes a stream of its own for everything that draws: what one part of a world draws does not change what another gets,
 * so a world without one of its faults is otherwise the same world as far as can be.
 */
export function randomStream(seed: number, name: string): Random {
  let state = seed >>> 0
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0
  const next = randomFrom(state)
  for (let i = 0; i < 3; i++) next()
  const between = (low: number, high: number) => low + next() * (high - low)
  const whole = (low: number, high: number) => Math.floor(between(low, high + 1))
  return {
    between,
    whole,
    chance: (probability) => next() < probability,
    pick: (items) => items[whole(0, items.length - 1)]!,
  }
}
