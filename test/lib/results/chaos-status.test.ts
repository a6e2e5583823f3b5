import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  type ChaosStatus,
  chaosPath,
  describeChaos,
  readChaosStatus,
  writeChaosStatus,
} from '../../../files/lib/results/chaos-status.ts'
import { temporaryFolder } from '../../support/program.ts'

const status: Omit<ChaosStatus, 'heartbeat'> = {
  ...{ kills: 1234, restartMs: { median: 640, worst: 1981 }, numbers: 5580, difference: null },
}

test('the words of chaos are kills survived, time to live and what agrees', () => {
  const words = (changes: Partial<ChaosStatus>) => describeChaos({ ...status, heartbeat: 0, ...changes })
  assert.equal(
    words({}),
    '1,234 kills survived, live again after 640 ms (at worst 1,981 ms), all 5,580 numbers agree with the log',
  )
  assert.equal(
    words({ kills: 0, restartMs: null, numbers: null }),
    '0 kills survived, none timed yet, not compared with the log yet',
  )
  assert.match(words({ kills: 1 }), /^1 kill survived/)
  assert.match(words({ difference: 'partition 2: x' }), /, the files DIFFER from the log: partition 2: x$/)
})

test('the status of chaos is read as it was written, until it is old', async (t) => {
  const directory = await temporaryFolder(t)
  assert.equal(readChaosStatus(directory, Date.now()), undefined)
  mkdirSync(join(directory, '.almanac'))
  writeChaosStatus(directory, status)
  const { heartbeat, ...read } = readChaosStatus(directory, Date.now())!
  assert.deepEqual(read, status)
  assert.equal(readChaosStatus(directory, heartbeat + 60_001), undefined)
})

for (const text of ['', '{', 'null', '[]', '{"kills": "many"}', '{"kills": 1, "restartMs": {"median": "x"}}'])
  test(`a status of chaos that is ${text || 'empty'} is as good as none`, async (t) => {
    const directory = await temporaryFolder(t)
    mkdirSync(join(directory, '.almanac'))
    writeFileSync(chaosPath(directory), text)
    assert.equal(readChaosStatus(directory, Date.now()), undefined)
  })
