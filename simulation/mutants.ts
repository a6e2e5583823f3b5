/* Breaks the programs, one thing at a time, and counts the worlds until one goes wrong: each breakage must be found. */
import { type Mutation, mutations } from '../test/mutants/mutations.ts'
import { loadPrograms } from './programs.ts'
import { runWorld } from './world.ts'

/** Breakages that worlds cannot find, and why. */
const outOfSight: readonly [words: RegExp, why: string][] = []

const worldsMax = Number(process.argv[2] ?? 100)
const wanted = process.argv[3]
const concerned = mutations.filter(
  ({ path, what }) =>
    path.startsWith('files/lib/') &&
    !outOfSight.some(([words]) => words.test(what)) &&
    (!wanted || what.includes(wanted)),
)

for (const mutation of concerned) console.log(await find(mutation))

async function find(mutation: Mutation): Promise<string> {
  const programs = await loadPrograms(mutation)
  const begin = performance.now()
  for (let seed = 1; seed <= worldsMax; seed++) {
    const { failure } = await runWorld(seed, { programs })
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    if (failure !== undefined)
      return `${mutation.what}: seed ${seed}, ${seconds} s: ${failure.slice(0, 160).replaceAll('\n', ' ')}`
  }
  return `NOT FOUND in ${worldsMax} worlds: ${mutation.what}`
}
