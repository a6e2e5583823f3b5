/*
 * Every moment at which a consumer that writes its files can be ended, by a kill and by a power cut. The moments are not
 * listed here: a real consumer is run under test/support/file-calls.ts, which writes down its calls to the file system,
 * and each of them is a crash point. `npm run crash-points` takes them all; `npm test` kills at a few, drawn at random,
 * and cuts the power at all.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { adoptTopic, noteEpoch, openPartition, writePartition } from '../files/lib/engine/owned-partition.ts'
import { foldBatches } from '../files/lib/stats/fold.ts'
import { monthlyStats } from '../files/lib/stats/monthly-stats.ts'
import { buildBatch } from './support/build-batch.ts'
import { crashPointTable, momentsOf } from './support/crash-point-table.ts'
import {
  consume,
  dieAndStartAgain,
  failAndStartAgain,
  prepareScenarios,
  type Scenario,
  traceScenario,
} from './support/crash-scenarios.ts'
import type { Failure, FileCall } from './support/file-calls.ts'
import { apply, loadDisk, makeTree, statesAfterPowerCut, type Tree, treeKey } from './support/power-cut.ts'
import { temporaryFolder } from './support/program.ts'
import { seededRandom } from './support/seeded-random.ts'
import { reportRecord } from './support/send-records.ts'

const isWhole = process.env.CRASH_POINTS === 'all'

type Traced = { scenario: Scenario; calls: FileCall[] }

test('a consumer ended at any call to the file system counts right when it is started again', async (t) => {
  const scenarios = await prepareScenarios(t)
  const traced = await Promise.all(
    scenarios.map(async (scenario) => ({ scenario, calls: await traceScenario(t, scenario) })),
  )
  await t.test('docs/proof.md names every crash point', () => expectTable(traced))
  await t.test('killed', (t) => killAtPoints(t, traced))
  await t.test('failing', (t) => failAtPoints(t, traced))
  for (const { scenario, calls } of traced)
    await t.test(`power cut: ${scenario.name}`, (t) => cutThePower(t, scenario, calls))
})

function expectTable(traced: readonly Traced[]): void {
  const table = crashPointTable(traced.map(({ scenario: { name }, calls }) => ({ name, calls })))
  const path = join(import.meta.dirname, '../docs/proof.md')
  const text = readFileSync(path, 'utf8')
  const begin = text.indexOf('\n', text.indexOf('<!-- crash points')) + 1
  const end = text.indexOf('<!-- end of crash points')
  const right = `${text.slice(0, begin)}${table}\n${text.slice(end)}`
  if (process.env.CRASH_POINTS === 'write') writeFileSync(path, right)
  else assert.equal(text, right, '`CRASH_POINTS=write` with this test renews the table')
}

async function killAtPoints(t: TestContext, traced: readonly Traced[]): Promise<void> {
  const points = traced.flatMap(({ scenario, calls }) =>
    momentsOf(calls).map((moment) => ({ scenario, moment })),
  )
  const random = seededRandom(t)
  await forSome(t, points, 6, async ({ scenario, moment }) => {
    const moments = points.filter((point) => point.scenario === scenario)
    // The start after it is killed too, somewhere else.
    const later = isWhole ? [moments[Math.floor(random() * moments.length)]!.moment] : []
    const file = await dieAndStartAgain(t, scenario, moment, later)
    assert.deepEqual(file, scenario.expected, `${scenario.name}: ${JSON.stringify([moment, ...later])}`)
  })
}

/** Each call fails once, as far as calls differ: on a full disk and on one that has turned read-only or broken. */
async function failAtPoints(t: TestContext, traced: readonly Traced[]): Promise<void> {
  const points = new Map<string, { scenario: Scenario; failure: Failure }>()
  for (const { scenario, calls } of traced) {
    for (const { label, nth } of momentsOf(calls).filter(({ when }) => when === 'before')) {
      const codes = /^(open|write|mkdir|link) [^ ]+json|mkdir/.test(label) ? ['ENOSPC', 'EROFS'] : ['EIO']
      for (const code of codes) {
        const key = `${label.replace(/archive\/[^/]+/, 'archive/')} ${code}`
        if (!points.has(key)) points.set(key, { scenario, failure: { label, nth, code } })
      }
    }
  }
  await forSome(t, [...points.values()], 6, async ({ scenario, failure }) => {
    const { code, stderr, left, file } = await failAndStartAgain(t, scenario, failure)
    const what = `${scenario.name}: ${JSON.stringify(failure)}: ${stderr}`
    assert.equal(code, 1, what)
    assert.match(stderr, new RegExp(`(partition-2|almanac|archive).*${failure.code}: made to fail`), what)
    assert.doesNotMatch(stderr, /^ +at /m, what)
    assert.deepEqual(left, [], what)
    assert.deepEqual(file, scenario.expected, what)
  })
}

/** Does something at all points, or at so many drawn at random when this is not the whole run; three at a time. */
async function forSome<T>(t: TestContext, all: readonly T[], some: number, use: (point: T) => Promise<void>) {
  const random = seededRandom(t)
  const drawn = all.map((point) => ({ point, by: random() })).sort((a, b) => a.by - b.by)
  const left = drawn.slice(0, isWhole ? all.length : some)
  t.diagnostic(`${left.length} of ${all.length} points`)
  const work = async () => {
    for (let next = left.pop(); next; next = left.pop()) await use(next.point)
  }
  await Promise.all([work(), work(), work()])
}

async function cutThePower(t: TestContext, scenario: Scenario, calls: readonly FileCall[]): Promise<void> {
  const parent = await temporaryFolder(t)
  const disk = loadDisk(scenario.template)
  const log = logOf(scenario)
  const states = new Map<string, Tree>()
  for (const call of [undefined, ...calls]) {
    if (call) apply(disk, call)
    for (const tree of statesAfterPowerCut(disk)) states.set(treeKey(tree), tree)
  }
  for (const tree of states.values()) {
    expectNothingLost(scenario, tree)
    const folder = mkdtempSync(join(parent, 'cut-'))
    makeTree(tree, folder)
    assert.deepEqual(startAgain(folder, scenario, log), scenario.expected, describe(tree))
    rmSync(folder, { recursive: true })
  }
  const random = seededRandom(t)
  for (let i = 0; i < (isWhole ? 20 : 1); i++) {
    const folder = mkdtempSync(join(parent, 'cut-'))
    const tree = [...states.values()][Math.floor(random() * states.size)]!
    makeTree(tree, folder)
    await consume(t, { ...scenario, args: [] }, folder)
    assert.deepEqual(
      JSON.parse(readFileSync(join(folder, 'partition-2.json'), 'utf8')),
      scenario.expected,
      describe(tree),
    )
  }
  t.diagnostic(`${states.size} states after ${calls.length} calls`)
}

/** The log as the broker gives it: batches of two records, of their epochs. */
function logOf({ records, epochs }: Scenario): Buffer {
  const own = records.filter(({ partition }) => partition === 2)
  const batches = own.map(({ offset, date, degrees }) => {
    const leaderEpoch = epochs.findLast(([, first]) => first <= offset)![0]
    return buildBatch({ records: [reportRecord(date, degrees)], baseOffset: offset, leaderEpoch })
  })
  return Buffer.concat(batches)
}

/** Does what a consumer does at its start, short of the network, and returns the file that comes of it. */
function startAgain(folder: string, { topic }: Scenario, log: Buffer): object {
  const owned = openPartition(monthlyStats, folder, 2)
  try {
    adoptTopic(owned, topic.id)
    foldBatches(owned.checkpoint, log, [], {
      onEpoch: (epoch, offset) => noteEpoch(owned, epoch, offset),
      onRefused: () => assert.fail('nothing is to be refused'),
      onAborted: () => assert.fail('nothing is aborted'),
    })
    writePartition(owned)
    return JSON.parse(readFileSync(join(folder, 'partition-2.json'), 'utf8'))
  } finally {
    owned.lock.release()
  }
}

/** Results of the old topic are somewhere, and each epoch of which records are counted is known. */
function expectNothingLost({ oldFile, epochs, topic }: Scenario, tree: Tree): void {
  const texts = [...tree.values()].map(String)
  assert.ok(oldFile === undefined || texts.includes(oldFile), `the old results are lost: ${describe(tree)}`)
  const file = parse(tree.get('partition-2.json'))
  const memory = parse(tree.get('.almanac/partition-2.json'))
  if (!file || memory?.topicId !== topic.id) return
  const counted = epochs.filter(([, first]) => first < (file.offset as number))
  for (const epoch of counted)
    assert.ok(
      JSON.stringify(memory.epochs).includes(JSON.stringify(epoch)),
      `epoch ${epoch} is not known: ${describe(tree)}`,
    )
}

function parse(text: Buffer | undefined): Record<string, unknown> | undefined {
  return text && JSON.parse(text.toString())
}

function describe(tree: Tree): string {
  return [...tree].map(([path, content]) => `${path}: ${content?.toString().slice(0, 200)}`).join('\n')
}
