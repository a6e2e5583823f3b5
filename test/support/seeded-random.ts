import type { TestContext } from 'node:test'

/**
 * A source of random numbers in [0, 1) whose seed the test's report shows; `SEED` in the environment runs it again.
 *
 * @see mulberry32, Tommy Ettinger, public domain
 */
export function seededRandom(t: TestContext, seed = Number(process.env.SEED || Date.now() % 2 ** 32)) {
  t.diagnostic(`SEED=${seed}`)
  return randomFrom(seed)
}

/** The same numbers in [0, 1) for the same seed, a whole number below 2 ** 32. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
