import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import {
  epochAt,
  epochsBefore,
  parseTopicMemory,
  readTopicMemory,
  type TopicMemory,
  writeTopicMemory,
} from '../../../files/lib/engine/topic-memory.ts'
import { temporaryFolder } from '../../support/program.ts'

test('a memory is written and read back, and nothing left beside it', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'partition-2.json')
  const memory: TopicMemory = {
    topicId: 'f8a1',
    epochs: [
      [0, 0],
      [3, 4117],
    ],
  }
  writeTopicMemory(path, memory, () => {})
  assert.deepEqual(readTopicMemory(path), memory)
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
    version: 1,
    topicId: 'f8a1',
    epochs: [
      [0, 0],
      [3, 4117],
    ],
  })
  assert.deepEqual(readdirSync(folder), ['partition-2.json'])
})

test('a memory without a format version is read, one of a newer version is refused by name', async (t) => {
  const path = join(await temporaryFolder(t), 'partition-2.json')
  writeFileSync(path, '{"topicId": "a", "epochs": [[0, 0]]}')
  assert.deepEqual(readTopicMemory(path), { topicId: 'a', epochs: [[0, 0]] })
  writeFileSync(path, '{"version": 2, "pages": []}')
  assert.throws(() => readTopicMemory(path), {
    name: 'OperatingError',
    message:
      `${path}: was written by a newer version of Almanac: found format version 2, expected at most 1. It was left as ` +
      'it is. Use that newer version, or another DATA_DIR.',
  })
  assert.equal(parseTopicMemory('{"version": 2, "topicId": "a", "epochs": []}'), undefined)
})

test('readTopicMemory gives nothing when nothing is remembered', async (t) => {
  assert.equal(readTopicMemory(join(await temporaryFolder(t), 'partition-2.json')), undefined)
})

test('readTopicMemory refuses a damaged memory, names the file and says what to do', async (t) => {
  const path = join(await temporaryFolder(t), 'partition-2.json')
  const texts = [
    '',
    '{',
    '[]',
    'null',
    '7',
    '{}',
    '{"topicId": 3, "epochs": []}',
    '{"topicId": "a"}',
    '{"topicId": "a", "epochs": {}}',
  ]
  texts.push(
    ...['[1]', '[[1]]', '[[1, 2, 3]]', '[["1", 2]]', '[[1, null]]', '[[1, 0.5]]', '[null]'].map(
      (epochs) => `{"topicId": "a", "epochs": ${epochs}}`,
    ),
  )
  for (const text of texts) {
    writeFileSync(path, text)
    assert.throws(
      () => readTopicMemory(path),
      (error: Error) => {
        assert.equal(error.name, 'OperatingError', text)
        assert.ok(error.message.startsWith(`${path}: expected {"topicId": text, "epochs": `), error.message)
        assert.match(error.message, /It was left as it is\. Remove it: /)
        return true
      },
    )
    assert.equal(readFileSync(path, 'utf8'), text)
  }
})

test('epochAt gives the epoch that wrote the record at an offset, -1 when that is not known', () => {
  const epochs: TopicMemory['epochs'] = [
    [2, 10],
    [5, 20],
    [6, 21],
  ]
  const byOffset = { [-1]: -1, 0: -1, 9: -1, 10: 2, 19: 2, 20: 5, 21: 6, 1e12: 6 }
  for (const [offset, epoch] of Object.entries(byOffset))
    assert.equal(epochAt(epochs, Number(offset)), epoch, offset)
  assert.equal(epochAt([], 5), -1)
})

test('epochsBefore leaves out epochs of which nothing was counted', () => {
  const epochs: TopicMemory['epochs'] = [
    [2, 10],
    [5, 20],
    [6, 21],
  ]
  assert.deepEqual(epochsBefore(epochs, 10), [])
  assert.deepEqual(epochsBefore(epochs, 20), [[2, 10]])
  assert.deepEqual(epochsBefore(epochs, 21), [
    [2, 10],
    [5, 20],
  ])
  assert.deepEqual(epochsBefore(epochs, 22), epochs)
})
