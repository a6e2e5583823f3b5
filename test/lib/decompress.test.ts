import assert from 'node:assert/strict'
import test from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { compressionsAlgorithms } from '@platformatic/kafka'
import { decompress } from '../../files/lib/decompress.ts'
import { buildBatch, type Compression, compressBatch, compressions } from '../support/build-batch.ts'

const empty = buildBatch({ records: [], lastOffsetDelta: 0 })
const methods: Record<Compression, number> = {
  none: 0,
  gzip: 1,
  snappy: 2,
  lz4: 3,
  zstd: 4,
  'snappy in xerial frames': 2,
}

function compress(plain: Buffer, compression: Compression): Buffer {
  return compressBatch(Buffer.concat([empty, plain]), compression).subarray(61)
}

function unfoldedBytes(method: number, bytes: Buffer): number {
  try {
    return decompress(method, bytes, 2 ** 20).length
  } catch {
    return 0
  }
}

for (const compression of compressions) {
  if (compression === 'none') continue
  const method = methods[compression]

  test(`decompress unfolds ${compression} up to the limit and refuses it past that`, () => {
    // Sizes at the edges of lz4's blocks, which are what its size is told by.
    for (const size of [1, 1000, 65_535, 65_536, 65_537, 1_000_000]) {
      const plain = Buffer.alloc(size, 'Almanac ')
      const bytes = compress(plain, compression)
      assert.ok(decompress(method, bytes, 4 * 2 ** 20).equals(plain), `${size} bytes`)
      if (size > 65_537) assert.throws(() => decompress(method, bytes, size / 2), RangeError)
    }
  })

  test(`decompress throws, or gives less, when ${compression} is cut short`, () => {
    const bytes = compress(Buffer.alloc(10_000, 'Almanac '), compression)
    for (const end of [0, 1, 4, 5, 7, Math.floor(bytes.length / 2), bytes.length - 9]) {
      // Less is found out by the number of records.
      assert.ok(unfoldedBytes(method, bytes.subarray(0, end)) < 10_000, `cut at ${end}`)
    }
  })
}

test('decompress takes no room for what a bomb would unfold to', () => {
  const plain = Buffer.alloc(300 * 2 ** 20)
  const { snappy, lz4 } = compressionsAlgorithms
  const bombs: [number, Buffer][] = [
    [1, gzipSync(plain, { level: 1 })],
    [2, snappy.compressSync(plain.subarray(0, 100 * 2 ** 20))],
    [3, lz4.compressSync(plain.subarray(0, 100 * 2 ** 20))],
    [4, zstdCompressSync(plain)],
  ]
  for (const [method, bytes] of bombs) {
    const { rss } = process.memoryUsage()
    assert.throws(() => decompress(method, bytes, 2 ** 20), RangeError)
    assert.ok(process.memoryUsage().rss - rss < 50 * 2 ** 20, `method ${method}`)
  }
})

test('decompress believes no size that snappy or lz4 declares', () => {
  const { snappy, lz4 } = compressionsAlgorithms
  const declared = Buffer.concat([
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
    snappy.compressSync(Buffer.from('x')),
  ])
  assert.throws(
    () => decompress(2, declared, 2 ** 20),
    /unfolds to up to 4294967295 bytes, expected at most 1048576/,
  )
  const frame = lz4.compressSync(Buffer.alloc(3_000_000))
  assert.throws(() => decompress(3, frame, 2 ** 20), /unfolds to up to \d+ bytes, expected at most 1048576/)
})

test('decompress names a method that it does not know', () => {
  for (const method of [5, 6, 7])
    assert.throws(() => decompress(method, Buffer.from('x'), 100), {
      name: 'RangeError',
      message: `method ${method} is not known`,
    })
})
