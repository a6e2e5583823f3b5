import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { handOn } from '../../../files/lib/debug/record-stream.ts'
import type { Subscription } from '../../../files/lib/debug/subscription.ts'

/** A stream that brings records of these partitions and offsets; the value of each is its offset. */
function streamOf(records: readonly (readonly [partition: number, offset: number])[]) {
  const stream = Readable.from(
    records.map(([partition, offset]) => ({ partition, value: Buffer.of(offset), offset: BigInt(offset) })),
  )
  return stream as unknown as NonNullable<Subscription['stream']>
}

// biome-ignore format: pairs are read best beside each other
const brought = [[0, 7], [1, 3], [0, 8], [0, 7], [0, 8], [0, 9], [1, 4], [2, 0], [1, 2]] as const
// biome-ignore format: the same
const once = [[0, 7], [1, 3], [0, 8], [0, 9], [1, 4], [2, 0]]

test('handOn hands on each record once, though the stream brings some again, and notes how far it came', async (t) => {
  const positions = new Map([
    [0, 7n],
    [1, 3n],
  ])
  const handed: (number | undefined)[][] = []
  const subscription = { topic: 'any', id: 'any', positions, assigned: [0, 1, 2], stream: streamOf(brought) }
  await handOn(subscription, (partition, _key, value) => handed.push([partition, value?.[0]]), t.signal)
  assert.deepEqual(handed, once)
  assert.deepEqual(Object.fromEntries(positions), { 0: 10n, 1: 5n, 2: 1n })
})
