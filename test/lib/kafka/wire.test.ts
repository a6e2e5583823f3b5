import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestWriter, ResponseReader } from '../../../files/lib/kafka/wire.ts'
import { seededRandom } from '../../support/seeded-random.ts'

test('what a writer writes, a reader reads', () => {
  const id = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'
  const writer = new RequestWriter()
    .int8(-1)
    .int16(-2)
    .int32(-3)
    .int64(2 ** 53 - 1)
  writer
    .unsignedVarint(0)
    .unsignedVarint(127)
    .unsignedVarint(128)
    .unsignedVarint(2 ** 31 - 1)
  writer.compactString('Kafka, größer').uuid(id).noTags()
  writer.compactArray([1, 2, 3], (item) => writer.int32(item))
  const reader = new ResponseReader(writer.bytes)
  assert.deepEqual([reader.int8(), reader.int16(), reader.int32(), reader.int64()], [-1, -2, -3, 2 ** 53 - 1])
  const varints = [0, 1, 2, 3].map(() => reader.unsignedVarint())
  assert.deepEqual(varints, [0, 127, 128, 2 ** 31 - 1])
  assert.equal(reader.compactString(), 'Kafka, größer')
  assert.equal(reader.uuid(), id)
  reader.tags()
  assert.deepEqual(
    reader.compactArray(() => reader.int32()),
    [1, 2, 3],
  )
  assert.throws(() => reader.int8(), RangeError)
})

test('a request of any length is written whole', () => {
  const text = 'x'.repeat(10_000)
  const { bytes } = new RequestWriter().compactString(text).int32(7)
  const reader = new ResponseReader(bytes)
  assert.equal(reader.compactString(), text)
  assert.equal(reader.int32(), 7)
})

test('null strings, bytes and arrays are read, and unknown tagged fields passed over', () => {
  const bytes = Buffer.from([0, 0, 0, 2, /* tag 5 */ 5, 3, 1, 2, 3, /* tag 0 */ 0, 4, 0, 0, 0, 9, 42])
  const reader = new ResponseReader(bytes)
  assert.equal(reader.compactString(), null)
  assert.equal(reader.compactBytes(), null)
  assert.deepEqual(
    reader.compactArray(() => assert.fail('an item')),
    [],
  )
  let found = 0
  reader.tags((tag) => {
    if (tag === 0) found = reader.int32()
  })
  assert.equal(found, 9)
  assert.equal(reader.int8(), 42)
})

test('100,000 responses of random bytes are read to a RangeError or to an end, and take no memory for what they claim', (t) => {
  const random = seededRandom(t)
  for (let round = 0; round < 100_000; round++) {
    const reader = new ResponseReader(
      Buffer.from(Array.from({ length: random() * 40 }, () => random() * 256)),
    )
    try {
      reader.compactString()
      reader.compactArray(() => [reader.int64(), reader.compactBytes()])
      reader.tags(() => reader.int16())
      reader.uuid()
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error))
    }
  }
})
