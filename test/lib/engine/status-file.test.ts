import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { readStatus, type Status, writeStatus } from '../../../files/lib/engine/status-file.ts'
import { temporaryFolder } from '../../support/program.ts'
import { libraryModule, startScript } from '../../support/run-script.ts'

const status: Omit<Status, 'pid' | 'host' | 'heartbeat'> = {
  state: 'live',
  offset: 5,
  endOffset: 6,
  rate: 7,
  error: null,
}

test('a status has what was given, and who wrote it where and when', async (t) => {
  const path = join(await temporaryFolder(t), 'status.json')
  const before = Date.now()
  writeStatus(path, status)
  const { heartbeat, ...rest } = readStatus(path)!
  assert.deepEqual(rest, { ...status, pid: process.pid, host: hostname() })
  assert.ok(heartbeat >= before && heartbeat <= Date.now())
})

test('a status replaces the one before and leaves nothing beside it', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'status.json')
  writeStatus(path, status)
  writeStatus(path, { ...status, state: 'stopped', error: 'the reason' })
  assert.equal(readStatus(path)?.error, 'the reason')
  assert.deepEqual(readdirSync(folder), ['status.json'])
})

test('readStatus gives nothing where no status was written', async (t) => {
  assert.equal(readStatus(join(await temporaryFolder(t), 'status.json')), undefined)
})

test('readStatus gives nothing for a status that is damaged, as a power cut may leave it', async (t) => {
  const path = join(await temporaryFolder(t), 'status.json')
  for (const text of ['', '{"pid": 1', '[]', 'null']) {
    writeFileSync(path, text)
    assert.equal(readStatus(path), undefined, text)
  }
})

test('a reader never sees part of a status', async (t) => {
  const path = join(await temporaryFolder(t), 'status.json')
  writeStatus(path, status)
  const writer = await startScript(
    t,
    `import { writeStatus } from ${libraryModule('engine/status-file.ts')}
    for (let i = 1; i <= 3000; i++) {
      writeStatus(${JSON.stringify(path)}, { state: 'live', offset: i, endOffset: 0, rate: 0, error: 'x'.repeat(i) })
    }`,
  )
  let offset = 0
  for (let reads = 0; offset !== 3000; reads++) {
    const seen = readStatus(path)!
    if (seen.pid === writer.child.pid) {
      assert.equal(seen.error?.length, seen.offset)
      assert.ok(seen.offset >= offset)
      offset = seen.offset
    }
    if (reads % 50 === 0) await new Promise(setImmediate)
    assert.equal(writer.stderr(), '')
  }
})
