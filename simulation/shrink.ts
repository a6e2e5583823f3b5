import type { Programs } from './programs.ts'
import { type Outcome, runWorld } from './world.ts'

/**
 * Finds the faults without which a world that goes wrong would not: first the shortest prefix of them that does, then each
 * is left out that may be.
 *
 * @returns what comes of that world, and the numbers of its faults
 */
export async function shrink(
  seed: number,
  programs: Programs,
): Promise<{ outcome: Outcome; faults: number[] }> {
  const tryWith = (faults: number[]) => runWorld(seed, { programs, faults: new Set(faults) })
  const whole = await runWorld(seed, { programs })
  const all = [...whole.faults.keys()]
  let best = { outcome: whole, faults: all }
  for (let length = 0; length < all.length; length++) {
    const faults = all.slice(0, length)
    const outcome = await tryWith(faults)
    if (outcome.failure === undefined) continue
    best = { outcome, faults }
    break
  }
  for (const fault of best.faults) {
    const faults = best.faults.filter((one) => one !== fault)
    const outcome = await tryWith(faults)
    if (outcome.failure !== undefined) best = { outcome, faults }
  }
  return best
}
