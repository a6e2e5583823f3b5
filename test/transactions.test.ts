/*
 * All programs on a log that another producer has written with transactions: nothing of it that was aborted, or is not ended
 * yet, may show. `npm run test:librdkafka` has librdkafka's producers write it, not Kafka's own.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { debugLine } from './support/debug-line.ts'
import { offsetsIn, readPartitionFile } from './support/partition-files.ts'
import { runToEnd, startProgram, temporaryFolder } from './support/program.ts'
import { readTopicLog } from './support/read-topic.ts'
import { seededRandom } from './support/seeded-random.ts'
import { type Case, cases } from './support/transactions/cases.ts'
import type { ExpectedLog } from './support/transactions/expected-log.ts'
import { startTransactionSite } from './support/transactions/site.ts'
import { abort, commit, plain, report, transaction } from './support/transactions/steps.ts'
import type { Script } from './support/transactions/writer.ts'
import { waitFor } from './support/wait-for.ts'

const site = await startTransactionSite()
after(site.stop)

const all = ['0', '1', '2', '3']
const partitions = [0, 1, 2, 3]

/** A topic with a case played in it, as the programs' environment. */
type Place = Script & { topic: string; directory: string; environment: Record<string, string> }

async function play(
  t: TestContext,
  { steps, segmentBytes }: Pick<Case, 'steps' | 'segmentBytes'>,
): Promise<Place> {
  const { topic, ...script } = await site.newTopic(segmentBytes)
  await script.play(steps)
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: site.address, TOPIC: topic, DATA_DIR: directory }
  return { ...script, topic, directory, environment }
}

for (const { name, steps, segmentBytes } of cases) {
  test(name, async (t) => {
    const place = await play(t, { steps, segmentBytes })
    await t.test('consumer.ts counts what was committed, up to the last stable offset', (t) =>
      count(t, place),
    )
    await t.test('consumer.ts does so from wherever it was killed', (t) => countFromWithin(t, place))
    await t.test('verify.ts agrees, and says what was aborted', (t) => verify(t, place))
    await t.test('producer.ts --append goes on after the newest date committed', (t) => append(t, place))
    await t.test('consumer.ts and verify.ts go on once nothing is open', (t) => goOn(t, place))
  })
}

/** Runs a consumer to the end, and holds its files against the log as it must be. */
async function count(t: TestContext, { environment, directory, log }: Place): Promise<void> {
  const { code, stderr } = await runToEnd(t, 'consumer.ts', [...all, '--exit-at-end'], environment)
  assert.equal(code, 0, stderr)
  assert.doesNotMatch(stderr, /refused/)
  for (const partition of partitions)
    assert.deepEqual(readPartitionFile(directory, partition), log.file(partition))
}

/** Puts the file of partition 2 back to what a consumer leaves that was killed at an offset within. */
async function countFromWithin(t: TestContext, place: Place): Promise<void> {
  const random = seededRandom(t)
  const aborted = place.log.aborted().filter(({ partition }) => partition === 2)
  const end = place.log.stableEnds()[2]!
  // After the first aborted record, which is within a batch where that has several; and anywhere.
  for (const offset of [(aborted[0]?.offset ?? 0) + 1, 1 + Math.floor(random() * end)]) {
    const file = JSON.stringify(place.log.file(2, offset))
    writeFileSync(join(place.directory, 'partition-2.json'), file)
    await count(t, place)
  }
}

async function verify(t: TestContext, { environment, log }: Place): Promise<void> {
  const { code, stdout, stderr } = await runToEnd(t, 'verify.ts', ['--list'], environment)
  assert.equal(code, 0, stdout + stderr)
  for (const partition of partitions) {
    const line = stdout.split('\n').find((line) => line.startsWith(`partition ${partition}: `))!
    assert.match(line, /; file agrees$/)
    const aborted = log.aborted().filter((record) => record.partition === partition)
    assert.equal(Number(/\b(\d+) aborted\b/.exec(line)?.[1] ?? 0), aborted.length, line)
    const listed = stdout.matchAll(
      new RegExp(`^partition ${partition}, offset (\\d+): .*\\baborted\\b`, 'gm'),
    )
    assert.deepEqual(
      [...listed].map(([, offset]) => Number(offset)),
      aborted.map(({ offset }) => offset),
    )
  }
  assert.doesNotMatch(stdout, /refused: /)
}

/** Appends days of January, which are all in partition 2. */
async function append(t: TestContext, { environment, directory, log }: Place): Promise<void> {
  const path = join(directory, 'january.csv')
  const days = Array.from({ length: 9 }, (_, i) => `2001-01-0${i + 1}`)
  writeFileSync(path, `date,tmax_f\n${days.map((date) => `${date},50\n`).join('')}`)
  const { code, stderr } = await runToEnd(t, 'producer.ts', ['--append', '--observations', path], environment)
  assert.equal(code, 0, stderr)
  assert.doesNotMatch(stderr, /999/) // An aborted value is none that the file corrects.
  const committed = log.committed().filter(({ partition }) => partition === 2)
  const newest =
    committed
      .map(({ date }) => date)
      .sort()
      .at(-1) ?? ''
  const later = days.filter((date) => date > newest)
  for (const step of later.length > 0 ? plain(...later.map((date) => report(date, 50))) : []) log.note(step)
}

/** Commits what was left open, and counts on: also what --append has sent, if it is what it must be. */
async function goOn(t: TestContext, place: Place): Promise<void> {
  const { play, log, topic, environment } = place
  if (hasOpen(log)) await play([commit('b')])
  assert.deepEqual((await readTopicLog(site.address, topic)).records, log.committed())
  await count(t, place)
  const { code, stdout, stderr } = await runToEnd(t, 'verify.ts', [], environment)
  assert.equal(code, 0, stdout + stderr)
}

function hasOpen(log: ExpectedLog): boolean {
  return log.ends().some((end, partition) => end !== log.stableEnds()[partition])
}

test('verify.ts finds the difference when a file counts what was aborted', async (t) => {
  const place = await play(t, cases[0]!)
  // For the topic's id in the folder.
  await runToEnd(t, 'consumer.ts', [...all, '--exit-at-end'], place.environment)
  const path = join(place.directory, 'partition-2.json')
  const { count: _, ...first } = readPartitionFile(place.directory, 2).January['2001']
  const wrong = { ...first, count: 3, sum: 2038, avg: 2038 / 3 }
  writeFileSync(path, JSON.stringify({ partition: 2, offset: place.log.ends()[2], January: { 2001: wrong } }))
  const { code, stdout } = await runToEnd(t, 'verify.ts', [], place.environment)
  assert.equal(code, 1, stdout)
  assert.match(stdout, /partition 2: .*January 2001: sum is 2038 in the file, 123 by the log/)
})

test('a consumer killed while it passes over an aborted range goes on within, and counts what follows', async (t) => {
  const place = await play(t, cases.find(({ name }) => name.includes('many fetches'))!)
  const aborted = place.log.aborted()
  const offset = () => offsetsIn(place.directory)[2]!
  await site.proxy.trouble({ kind: 'throttle', bytesPerSecond: 10_000_000 })
  t.after(() => site.proxy.trouble({ kind: 'none' }))
  for (let kill = 0; kill < 2; kill++) {
    const [before, consumer] = [offset(), startProgram(t, 'consumer.ts', ['2'], place.environment)]
    await waitFor('an offset within the range', () => offset() > Math.max(before, aborted[0]!.offset))
    consumer.child.kill('SIGKILL')
    await consumer.ended
    assert.ok(offset() <= aborted.at(-1)!.offset, `the consumer was at ${offset()} already`)
  }
  await site.proxy.trouble({ kind: 'none' })
  await count(t, place)
})

for (const end of ['commit', 'abort'] as const) {
  test(`the station that the first record names is ${end === 'commit' ? '' : 'not '}the log's after ${end}`, async (t) => {
    const station = Buffer.from(JSON.stringify({ kind: 'observed', id: 'USC00000001', name: 'Nowhere' }))
    const place = await play(t, {
      steps: [
        ...transaction('a', end, report('2001-01-01', 999, ['almanac-source', station])),
        ...plain(report('2001-01-02', 1)),
      ],
    })
    await count(t, place)
    const isNamed = end === 'commit'
    const { code, stdout, stderr } = await runToEnd(t, 'verify.ts', [], place.environment)
    assert.equal(code, 0, stdout + stderr)
    assert.equal(stdout.includes('Nowhere'), isNamed, stdout)
    const other = join(place.directory, 'other.csv')
    writeFileSync(other, 'date,tmax_f\n2001-01-03,30\n')
    const args = ['--append', '--observations', other, '--name', 'Elsewhere']
    const appended = await runToEnd(t, 'producer.ts', args, place.environment)
    // Days of another station may not follow.
    assert.equal(appended.code, isNamed ? 1 : 0, appended.stderr)
    assert.equal(appended.stderr.includes('Nowhere'), isNamed, appended.stderr)
  })
}

test('debug.ts prints what is committed, in all cases one after the other', async (t) => {
  const { environment, log, play: take } = await play(t, { steps: [] })
  const debug = startProgram(t, 'debug.ts', [], environment)
  const printed = () => debug.stdout().split('\n').slice(0, -1)
  let marked = 0
  /** Sends a day to each partition, by which one sees that all before is printed. */
  const mark = async () => {
    const year = String(2100 + marked++)
    await take(plain(...['01', '02', '03', '05'].map((month) => report(`${year}-${month}-01`, 0))))
    return () => printed().filter((line) => line.includes(`'${year}-`)).length === 4
  }
  let isReading: () => boolean
  do isReading = await mark()
  while (!(await waitFor('lines of all partitions', isReading, 2000).catch(() => false)))
  const linesOf = (partition: number) =>
    printed().filter((line) => line.startsWith(`{'partition': ${partition},`))
  const committedIn = (partition: number) =>
    log.committed().filter((record) => record.partition === partition)
  // Where each partition's next line is among those printed, and its record among those committed.
  const next = partitions.map((partition) => [linesOf(partition).length, committedIn(partition).length])
  for (const { name, steps } of cases) {
    await t.test(name, async () => {
      await take(steps)
      if (hasOpen(log)) await take([abort('b')])
      await waitFor('the lines of the marks', await mark())
      for (const partition of partitions) {
        const [line, record] = next[partition]!
        const expected = committedIn(partition).slice(record).map(debugLine)
        assert.deepEqual(linesOf(partition).slice(line), expected)
        next[partition] = [linesOf(partition).length, committedIn(partition).length]
      }
    })
  }
  debug.child.kill('SIGTERM')
  assert.equal((await debug.ended).code, 0)
  assert.equal(debug.stderr(), '')
})
