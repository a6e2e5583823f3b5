import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Status } from '../../files/lib/engine/status-file.ts'
import { describe } from '../../pipeline/progress.ts'

const now = 1_000_000_000_000

function status(offset: number, endOffset: number | null, rate: number, heartbeat = now - 900): Status {
  return { pid: 1, host: 'here', state: 'live', offset, endOffset, rate, heartbeat, error: null }
}

test('describe tells rate, offsets and lag in a line', () => {
  const statuses = [status(1017, 1017, 10), status(684, 690, 2.5), status(0, null, 0), status(8, 8, 0)]
  assert.equal(describe(statuses, now), '12.5 records/s; offsets 1,017 684 0 8; lag 0 6 ? 0')
})

test('describe names the partitions whose consumer is silent, and leaves their rate out', () => {
  const statuses = [status(1, 1, 5), status(2, 9, 1000, now - 6000), undefined, status(8, 8, 0)]
  assert.equal(describe(statuses, now), '5.0 records/s; offsets 1 2 - 8; lag 0 7 ? 0; no consumer on 1, 2')
})
