import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { agreedSource, readFolderSource, yearsOf } from '../../../files/lib/results/folder-source.ts'
import type { Source } from '../../../files/lib/weather/source.ts'
import { averagesOf } from '../../support/climate.ts'
import { temporaryFolder } from '../../support/program.ts'

const park: Source = { kind: 'observed', name: 'Central Park, New York' }
const memory = (topicId: string, source?: Source) => ({ topicId, epochs: [], ...(source && { source }) })

test('partitions of one topic have the source that any of them noted', () => {
  assert.deepEqual(agreedSource([memory('a'), memory('a', park), memory('a')]), park)
  assert.equal(agreedSource([memory('a'), memory('a')]), undefined)
  assert.equal(agreedSource([]), undefined)
})

test('partitions of several topics have a source only when each says the same', () => {
  assert.deepEqual(agreedSource([memory('a', park), memory('b', { ...park })]), park)
  assert.equal(agreedSource([memory('a', park), memory('b')]), undefined)
  assert.equal(agreedSource([memory('a', park), memory('b', { kind: 'synthetic' })]), undefined)
  assert.equal(agreedSource([memory('a', park), undefined]), undefined)
})

test('readFolderSource asks the partitions that have days, and takes nonsense for not known', async (t) => {
  const folder = await temporaryFolder(t)
  mkdirSync(join(folder, '.almanac'))
  const put = (partition: number, text: string) =>
    writeFileSync(join(folder, '.almanac', `partition-${partition}.json`), text)
  const averages = averagesOf(
    { name: 'January', year: 1869, avg: 20, partition: 2 },
    { name: 'May', year: 2020, avg: 60, partition: 3 },
  )
  put(0, JSON.stringify(memory('old', { kind: 'synthetic' })))
  put(2, JSON.stringify(memory('a', park)))
  assert.equal(readFolderSource(folder, averages), undefined)
  put(3, JSON.stringify(memory('a')))
  assert.deepEqual(readFolderSource(folder, averages), park)
  for (const text of ['', '{', 'null', '{"topicId": 3}']) {
    put(3, text)
    assert.equal(readFolderSource(folder, averages), undefined, text)
  }
})

test('yearsOf gives the first and last year counted', () => {
  assert.equal(yearsOf(new Map()), undefined)
  const averages = averagesOf({ name: 'January', year: 1, avg: 2 }, { name: 'May', year: 9999, avg: 3 })
  assert.deepEqual(yearsOf(averages), { first: 1, last: 9999 })
})
