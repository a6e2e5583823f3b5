import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { handOn } from '../../files/lib/record-stream.ts'
import type { Subscription } from '../../files/lib/subscription.ts'

test('handOn hands on each record once, though the stream brings some again, and notes how far it came', async (t) => {
  const brought = [
    [0, 7],
    [1, 3],
    [0, 8],
    [0, 7],
    [0, 8],
    [0, 9],
    [1, 4],
    [2, 0],
    [1, 2],
  ].map(([partition, offset]) => ({
    partition,
    key: Buffer.of(),
    value: Buffer.of(),
    offset: BigInt(offset!),
  }))
  const stream = Readable.from(brought) as unknown as NonNullable<Subscription['stream']>
  const positions = new Map([
    [0, 7n],
    [1, 3n],
  ])
  const handed: number[] = []
  const subscription: Subscription = { topic: 'any', id: 'any', positions, assigned: [0, 1, 2], stream }
  await handOn(subscription, (partition) => handed.push(partition), t.signal)
  assert.deepEqual(handed, [0, 1, 0, 0, 1, 2])
  assert.deepEqual(
    [...positions],
    [
      [0, 10n],
      [1, 5n],
      [2, 1n],
    ],
  )
})
