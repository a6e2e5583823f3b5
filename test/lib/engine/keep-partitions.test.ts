/* What is written when, told by a reader that brings what the test says: a broker cannot be had to answer just then. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { keepPartitions } from '../../../files/lib/engine/keep-partitions.ts'
import { keptPartition } from '../../../files/lib/engine/kept-partition.ts'
import { openPartition } from '../../../files/lib/engine/owned-partition.ts'
import type { Fetched } from '../../../files/lib/kafka/partition-reader.ts'
import { monthlyStats } from '../../../files/lib/stats/monthly-stats.ts'
import { buildBatch } from '../../support/build-batch.ts'
import { temporaryFolder } from '../../support/program.ts'
import { reportRecord } from '../../support/send-records.ts'

const partitions = [0, 1, 2, 3].map(() => ({ leader: { host: 'none', port: 1 }, leaderEpoch: 0 }))
const topic = (id: string): Fetched => ({ kind: 'topic', topic: { id, partitions, brokers: 1 } })

/** One day of January, at that offset, of a log that goes on for long. */
function day(offset: number): Fetched {
  const records = [reportRecord(`1990-01-${String(offset + 1).padStart(2, '0')}`, 20)]
  const bytes = buildBatch({ records, baseOffset: offset })
  return {
    kind: 'records',
    nextOffset: offset + 1,
    partition: 2,
    from: offset,
    bytes,
    aborted: [],
    endOffset: 1000,
    highWatermark: 1000,
  }
}

/** Keeps partition 2 while a reader brings these, one at once after the other; then it is stopped. */
async function keep(t: TestContext, ...brought: Fetched[]): Promise<string> {
  const folder = await temporaryFolder(t)
  const owned = openPartition(monthlyStats, folder, 2)
  t.after(owned.lock.release)
  const stop = new AbortController()
  const left = [...brought]
  const read = async () => {
    if (left.length === 0) stop.abort()
    return left.shift()
  }
  const reader = { begin: () => {}, read }
  await keepPartitions(reader, [keptPartition(owned)], {
    ...{ topicName: 'temperatures', exitAtEnd: false, signal: stop.signal },
    ...{ say: () => {}, onRefused: () => assert.fail('refused'), onTopic: () => {}, onTick: () => {} },
  })
  return folder
}

function contentOf(...path: string[]) {
  const { offset, January } = JSON.parse(readFileSync(join(...path), 'utf8'))
  return { offset, count: January?.['1990'].count }
}

test('a consumer that is stopped writes what it has folded, though the file was not due', async (t) => {
  const folder = await keep(t, topic('A'), day(0), day(1), day(2))
  assert.deepEqual(contentOf(folder, 'partition-2.json'), { offset: 3, count: 3 })
})

test('the archive has what was folded when the topic was recreated, though the file was not due', async (t) => {
  const folder = await keep(t, topic('A'), day(0), day(1), day(2), topic('B'), day(0))
  assert.deepEqual(contentOf(folder, 'archive/A/partition-2.json'), { offset: 3, count: 3 })
  assert.deepEqual(contentOf(folder, 'partition-2.json'), { offset: 1, count: 1 })
})
