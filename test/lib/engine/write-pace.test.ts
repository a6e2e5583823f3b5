import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { type KeptPartition, keptPartition } from '../../../files/lib/engine/kept-partition.ts'
import { openPartition } from '../../../files/lib/engine/owned-partition.ts'
import { createWritePace, type WritePace } from '../../../files/lib/engine/write-pace.ts'
import { monthTable } from '../../../files/lib/stats/checkpoint.ts'
import { monthlyStats } from '../../../files/lib/stats/monthly-stats.ts'
import { addDay } from '../../../files/lib/stats/stats.ts'
import { temporaryFolder } from '../../support/program.ts'

const never = Number.POSITIVE_INFINITY

/** A partition of a folder of its own whose four months have that many years each. */
async function keep(t: TestContext, years: number): Promise<KeptPartition> {
  const owned = openPartition(monthlyStats, await temporaryFolder(t), 2)
  t.after(owned.lock.release)
  for (const name of ['January', 'April', 'June', 'December'] as const) {
    for (let year = 1; year <= years; year++) addDay(monthTable(owned.checkpoint, name), year, 20, 31.5235)
  }
  return keptPartition(owned)
}

/**
 * Lives through `seconds` in steps of 5 ms with a hand-moved clock, as the consumer's loop would.
 *
 * @param arrives what comes at a step: whether it has records for that partition
 * @returns each partition's times of writing, and the longest time that a record waited for the disk
 */
function live(
  t: TestContext,
  pace: WritePace,
  all: KeptPartition[],
  seconds: number,
  arrives: (ms: number, kept: KeptPartition) => boolean,
) {
  let now = 1_000_000
  t.mock.method(performance, 'now', () => now)
  const writes = all.map((): number[] => [])
  let longestMs = 0
  for (let ms = 0; ms < seconds * 1000; ms += 5) {
    for (const [index, kept] of all.entries()) {
      if (arrives(ms, kept)) {
        kept.owned.checkpoint.offset++
        kept.unwrittenSince = Math.min(kept.unwrittenSince, now)
      }
      if (pace.dueAt(kept) > now) continue
      longestMs = Math.max(longestMs, now - kept.unwrittenSince)
      pace.write(kept)
      writes[index]!.push(ms)
    }
    now += 5
  }
  return { writes, longestMs }
}

const tenASecond = (ms: number) => ms % 100 === 0

test('a small file is written for each record at once', async (t) => {
  const kept = await keep(t, 30)
  const { writes, longestMs } = live(t, createWritePace(), [kept], 3, tenASecond)
  assert.equal(writes[0]!.length, 30)
  assert.equal(longestMs, 0)
})

test('a file of 3 MB is written about every 0.6 s, which is 5 MB a second', async (t) => {
  const kept = await keep(t, 8000)
  const { writes, longestMs } = live(t, createWritePace(), [kept], 10, tenASecond)
  const megabytes = kept.owned.bytes / 1e6
  assert.ok(megabytes > 2.9 && megabytes < 3.4, `${megabytes} MB`)
  const gaps = writes[0]!.slice(1).map((ms, index) => ms - writes[0]![index]!)
  const usual = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  assert.ok(Math.abs(usual - megabytes * 200) < 30, `${usual} ms apart`)
  assert.ok(longestMs < 1000, `${longestMs} ms`)
})

test('each record is on disk within 1 s, however many large files there are', async (t) => {
  const all = await Promise.all([8000, 8000, 8000, 8000].map((years) => keep(t, years)))
  const { writes, longestMs } = live(t, createWritePace(), all, 5, tenASecond)
  assert.ok(longestMs < 1000, `${longestMs} ms`)
  for (const times of writes) assert.ok(times.length >= 5, `${times}`)
})

test('a small file does not wait long for a large one', async (t) => {
  const all = [await keep(t, 8000), await keep(t, 10)]
  const { longestMs } = live(t, createWritePace(), all, 5, tenASecond)
  assert.ok(longestMs < 1000, `${longestMs} ms`)
})

test('while catching up a file is written at the start, and then only so that 1 s is not passed', async (t) => {
  const kept = { ...(await keep(t, 10)), endOffset: never }
  const { writes, longestMs } = live(t, createWritePace(), [kept], 4, () => true)
  assert.equal(writes[0]![0], 0)
  assert.ok(writes[0]!.length >= 4 && writes[0]!.length <= 6, `${writes[0]!.length}`)
  assert.ok(longestMs > 800 && longestMs < 1000, `${longestMs} ms`)
})

test('a file is written at once when the end of the log is reached', async (t) => {
  const kept = { ...(await keep(t, 8000)), endOffset: never }
  const { writes } = live(t, createWritePace(), [kept], 2, (ms) => {
    if (ms === 1000) Object.assign(kept, { endOffset: 0, hasCaughtUp: true })
    return ms <= 1000
  })
  assert.equal(writes[0]!.at(-1), 1000)
  assert.equal(kept.hasCaughtUp, false)
})

test('nothing is due without new records', async (t) => {
  const kept = await keep(t, 1)
  const pace = createWritePace()
  assert.equal(pace.dueAt(kept), never)
  assert.equal(pace.dueAt({ ...kept, endOffset: never }), never)
  assert.equal(pace.dueAt({ ...kept, hasCaughtUp: true }), never)
  const { writes } = live(t, pace, [kept], 1, (ms) => ms === 0)
  assert.deepEqual(writes, [[0]])
})

test('after a pause the first record is written at once again', async (t) => {
  const kept = await keep(t, 8000)
  const { writes } = live(t, createWritePace(), [kept], 5, (ms) => ms === 0 || ms === 4000)
  assert.deepEqual(writes, [[0, 4000]])
})
