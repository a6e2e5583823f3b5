/* Breaks the programs, one thing at a time, and counts the worlds until one goes wrong: each breakage must be found. */
import { type Mutation, mutations } from '../test/mutants/mutations.ts'
import { loadPrograms } from './programs.ts'
import { runWorld } from './world.ts'

/** Breakages that no world finds, and why. */
const outOfSight: ReadonlyMap<string, string> = new Map([
  ['epochs of records not counted are remembered', 'nothing is counted otherwise'],
  ['a record is taken into memory whatever length it has', 'no record of a world is that long'],
  ['a small batch is decompressed in one go whatever size it has then', 'no batch of a world is that large'],
  [
    'an offset that goes back in the midst of a run is passed',
    'no batch of a world lies under a right checksum',
  ],
  ['what comes before the offset of a record is not looked at for its end', 'as above'],
  ['the result of a fold that broke off is written', 'a second guard: nobody asks for that'],
  [
    'the marker of a commit ends an aborted transaction, as does any other',
    'no log of a world has such a marker',
  ],
  ['degrees that are no number are taken', 'refused all the same: the sum would be none'],
  ['foreign text comes to the terminal as it is', 'nobody looks at a terminal'],
  [
    'what was folded and not yet written is forgotten at the end',
    'files of worlds are small, and written at once',
  ],
  ['what was folded and not yet written is missing in the archive', 'as above'],
  [
    'a leader of before is asked for what a later one counted',
    'it costs time while a broker is cut off, which is not judged',
  ],
  ['a leader is believed by the first broker that names one', 'as above'],
  ['a reader that hears nothing does not look who leads', 'as above'],
  ['verify takes a broker that is behind at its word', 'verify.ts runs once all is healed'],
  ['an average that is not sum / count is taken from a file', 'no hand writes such a file'],
])

const worldsMax = Number(process.argv[2] ?? 300)
const wanted = process.argv[3] ?? ''
/** What neither consumers nor verify.ts use. */
const ofOthers = /^files\/(producer|lib\/(debug|produce|topic\/(ask-best-broker|survey)))/

for (const mutation of mutations) {
  const { what, path } = mutation
  if (ofOthers.test(path) || !what.includes(wanted)) continue
  const why = outOfSight.get(what)
  console.log(`${what}: ${why ? `out of sight: ${why}` : await find(mutation)}`)
}

async function find(mutation: Mutation): Promise<string> {
  const programs = await loadPrograms(mutation)
  const begin = performance.now()
  for (let seed = 1; seed <= worldsMax; seed++) {
    const { failure } = await runWorld(seed, { programs })
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    if (failure !== undefined)
      return `found in ${seed} worlds, ${seconds} s: ${failure.slice(0, 140).replaceAll('\n', ' ')}`
  }
  process.exitCode = 1
  return `NOT FOUND in ${worldsMax} worlds`
}
