/* The hidden files beside a partition file, damaged at random: read as JSON reads them, or refused by name. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { OperatingError } from '../files/lib/core/program.ts'
import { parseStatus } from '../files/lib/engine/status-file.ts'
import { readTopicMemory } from '../files/lib/engine/topic-memory.ts'
import { temporaryFolder } from './support/program.ts'
import { seededRandom } from './support/seeded-random.ts'

const memory =
  '{"topicId":"0a899a77-8320-431d-8917-b5e266a1837f","epochs":[[0,0],[3,4117],[4,9007199254740991]]}\n'
const status =
  '{"pid":4711,"host":"heron","state":"live","offset":4117,"endOffset":null,"rate":10,"heartbeat":1700000000000,"error":null}\n'
const pieces = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '-',
  '1e999',
  'null',
  '[]',
  '{}',
  '.5',
  '\\u0000',
  '"__proto__":1,',
]

/** Cuts, doubles, takes out or puts in a piece of a text. */
function damage(text: string, upTo: (limit: number) => number): string {
  const [at, length] = [upTo(text.length), upTo(12)]
  const kind = upTo(4)
  if (kind === 0) return text.slice(0, at)
  if (kind === 1) return text.slice(0, at) + text.slice(at + length)
  if (kind === 2) return text.slice(0, at) + text.slice(upTo(text.length)).slice(0, length) + text.slice(at)
  return text.slice(0, at) + pieces[upTo(pieces.length)] + text.slice(at + upTo(3))
}

test('5,000 damaged files of what is remembered of a topic are read as they are or refused', async (t) => {
  const path = join(await temporaryFolder(t), 'partition-2.json')
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  let taken = 0
  for (let run = 0; run < 5000; run++) {
    const text = damage(memory, upTo)
    writeFileSync(path, text)
    try {
      const { topicId, epochs } = readTopicMemory(path)!
      assert.deepEqual({ ...JSON.parse(text), topicId, epochs }, JSON.parse(text))
      for (const epoch of epochs) assert.ok(epoch.length === 2 && epoch.every(Number.isSafeInteger), text)
      taken++
    } catch (error) {
      assert.ok(error instanceof OperatingError, `${text}: ${(error as Error).stack}`)
      assert.match(error.message, /partition-2\.json: expected .*It was left as it is/)
    }
  }
  t.diagnostic(`${taken} were taken`)
})

test('20,000 damaged status files are read as they are or taken for none', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  let taken = 0
  for (let run = 0; run < 20_000; run++) {
    const text = damage(status, upTo)
    const found = parseStatus(text)
    if (!found) continue
    taken++
    assert.deepEqual(found, JSON.parse(text))
    assert.ok([found.pid, found.offset, found.rate, found.heartbeat].every(Number.isFinite), text)
  }
  t.diagnostic(`${taken} were taken`)
  assert.ok(taken > 100)
})
