import assert from 'node:assert/strict'
import test from 'node:test'
import { loadPrograms } from '../simulation/programs.ts'
import { failureReport } from '../simulation/report.ts'
import { runWorlds } from '../simulation/run-worlds.ts'
import { shrink } from '../simulation/shrink.ts'
import { runWorld } from '../simulation/world.ts'
import { mutations } from './mutants/mutations.ts'

const worlds = Number(process.env.WORLDS || 300)
// The same worlds in each run, so that a failure is of what was changed; `npm run simulate` draws others.
const seed = Number(process.env.SEED || 1)

test(`${worlds} worlds go right, each with all its faults`, async (t) => {
  t.diagnostic(`SEED=${seed}`)
  const summary = await runWorlds({ first: seed, worlds, workers: 2, signal: t.signal })
  for (const failure of summary.failures) {
    const { outcome, faults } = await shrink(failure.seed, await loadPrograms())
    t.diagnostic(failureReport(outcome, faults))
  }
  assert.deepEqual(
    summary.failures.map(({ seed, failure }) => ({ seed, failure })),
    [],
  )
  assert.equal(summary.worlds, worlds)
})

test('a world has records enough and faults enough', async () => {
  const { records, faults, judged } = await runWorld(1, { programs: await loadPrograms() })
  assert.ok(records >= 300, `${records} records`)
  assert.ok(faults.length >= 5, `${faults.length} faults`)
  assert.ok(judged > 10, `${judged} files judged`)
})

test('the same seed gives the same world, event by event', async () => {
  const programs = await loadPrograms()
  for (let world = seed; world < seed + 20; world++) {
    const [first, again] = [await runWorld(world, { programs }), await runWorld(world, { programs })]
    assert.equal(again.digest, first.digest, `seed ${world}`)
    assert.deepEqual(again.trace, first.trace)
  }
})

test('another seed gives another world', async () => {
  const programs = await loadPrograms()
  assert.notEqual((await runWorld(1, { programs })).digest, (await runWorld(2, { programs })).digest)
})

// Of each part one breakage; `npm run simulate:mutants` takes all.
const broken = [
  '`<` for `<=` in a run of one month',
  'records of aborted transactions are counted',
  'the file is not synced before the rename',
  'the old file is not archived',
  'the lock is not taken',
]
for (const what of broken) {
  test(`a world goes wrong where ${what}, and tells which faults it takes`, async () => {
    const programs = await loadPrograms(mutations.find((mutation) => mutation.what === what)!)
    for (let world = 1; world <= 100; world++) {
      const { failure } = await runWorld(world, { programs })
      if (failure === undefined) continue
      const { outcome, faults } = await shrink(world, programs)
      assert.ok(outcome.failure)
      assert.match(failureReport(outcome, faults), new RegExp(`--seed ${world} `))
      return
    }
    assert.fail('100 worlds went right')
  })
}
