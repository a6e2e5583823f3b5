import assert from 'node:assert/strict'
import test from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { compressionsAlgorithms } from '@platformatic/kafka'
import { decompress, pieceBytesMax } from '../../../files/lib/kafka/decompress.ts'
import { buildBatch, type Compression, compressBatch, compressions } from '../../support/build-batch.ts'
import { seededRandom } from '../../support/seeded-random.ts'

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

/** All pieces as one, copied before the next is asked for. */
function decompressAll(method: number, bytes: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (const piece of decompress(method, bytes)) {
    assert.ok(piece.length <= 1.1 * pieceBytesMax, `a piece of ${piece.length} bytes`)
    pieces.push(Buffer.from(piece))
  }
  return Buffer.concat(pieces)
}

/** Bytes of which some repeat others, near or far, and some do not. */
function mixedBytes(size: number, random: () => number): Buffer {
  const upTo = (limit: number) => Math.floor(random() * limit)
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; ) {
    const length = Math.min(1 + upTo(2 ** upTo(17)), size - at)
    const back = 1 + upTo(Math.min(at, 2 ** (1 + upTo(17))))
    if (at > 0 && random() < 0.6) for (let i = 0; i < length; i++) bytes[at + i] = bytes[at + i - back]!
    else for (let i = 0; i < length; i++) bytes[at + i] = upTo(256)
    at += length
  }
  return bytes
}

function fails(method: number, bytes: Buffer): boolean {
  try {
    decompressAll(method, bytes)
    return false
  } catch (error) {
    assert.ok(!(error instanceof TypeError), (error as Error).stack)
    return true
  }
}

for (const compression of compressions) {
  if (compression === 'none') continue
  const method = methods[compression]

  test(`decompress gives what was compressed by ${compression}, at the edges of blocks and pieces`, (t) => {
    const random = seededRandom(t)
    const edges = [64, 2 ** 16, pieceBytesMax, pieceBytesMax + 2 ** 16, 2 * pieceBytesMax]
    const sizes = [1, 3, 1000, ...edges.flatMap((edge) => [edge - 1, edge, edge + 1]), 20_000_000]
    for (const size of sizes) {
      for (const plain of [Buffer.alloc(size, 'Almanac '), mixedBytes(size, random)])
        assert.ok(decompressAll(method, compress(plain, compression)).equals(plain), `${size} bytes`)
    }
  })

  test(`decompress fails, or gives less, when ${compression} is cut short`, () => {
    const plain = Buffer.alloc(10_000, 'Almanac ')
    const bytes = compress(plain, compression)
    for (const end of [0, 1, 4, 5, 7, Math.floor(bytes.length / 2), bytes.length - 9]) {
      const cut = bytes.subarray(0, end)
      // Less is found out by the number of records.
      assert.ok(fails(method, cut) || decompressAll(method, cut).length < plain.length, `cut at ${end}`)
    }
  })

  test(`decompress of damaged ${compression} fails, or gives bytes, and comes to its end`, (t) => {
    const random = seededRandom(t)
    const upTo = (limit: number) => Math.floor(random() * limit)
    const bytes = compress(mixedBytes(3000, random), compression)
    let failed = 0
    for (let run = 0; run < 5000; run++) {
      const damaged = Buffer.from(bytes.subarray(0, random() < 0.2 ? upTo(bytes.length) : bytes.length))
      for (let changes = 1 + upTo(3); changes > 0; changes--)
        if (damaged.length > 0)
          damaged[upTo(random() < 0.3 ? Math.min(40, damaged.length) : damaged.length)] = upTo(256)
      if (fails(method, damaged)) failed++
    }
    t.diagnostic(`${failed} of 5000 failed`)
  })
}

test('decompress reads what is some kB and makes hundreds of MB, and takes no room for it', (t) => {
  const plain = Buffer.alloc(300 * 2 ** 20)
  const { snappy, lz4 } = compressionsAlgorithms
  const [large, small] = [plain.length, 100 * 2 ** 20]
  const bombs: [method: number, size: number, bytes: Buffer][] = [
    [1, large, gzipSync(plain, { level: 1 })],
    [2, small, snappy.compressSync(plain.subarray(0, small))],
    [3, small, lz4.compressSync(plain.subarray(0, small))],
    [4, large, zstdCompressSync(plain)],
  ]
  for (const [method, size, bytes] of bombs) {
    const { rss } = process.memoryUsage()
    let [decompressed, most] = [0, 0]
    for (const piece of decompress(method, bytes)) {
      decompressed += piece.length
      most = Math.max(most, process.memoryUsage().rss - rss)
    }
    assert.equal(decompressed, size)
    t.diagnostic(`method ${method}: ${most >> 20} MB more at the most`)
    assert.ok(most < 100 * 2 ** 20, `method ${method}: ${most} bytes more`)
  }
})

test('decompress believes no size that snappy declares', () => {
  const { snappy } = compressionsAlgorithms
  const declared = Buffer.concat([
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
    snappy.compressSync(Buffer.from('x')).subarray(1),
  ])
  assert.throws(() => decompressAll(2, declared), {
    name: 'RangeError',
    message: 'its snappy chunk at byte 0 has not the size that it says',
  })
})

test('decompress names a method that it does not know', () => {
  for (const method of [5, 6, 7])
    assert.throws(() => decompressAll(method, Buffer.from('x')), {
      name: 'RangeError',
      message: `method ${method} is not known`,
    })
})
