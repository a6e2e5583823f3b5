import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { pathToFileURL } from 'node:url'
import { crc32c as native } from '@node-rs/crc32'
import { crc32c, crc32cInPlace } from '../../../files/lib/kafka/crc32c.ts'
import { seededRandom } from '../../support/seeded-random.ts'

test('the checksum is CRC-32C as in RFC 3720', () => {
  const vectors: [bytes: Buffer, crc: number][] = [
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    [Buffer.alloc(0), 0],
  ]
  for (const [bytes, crc] of vectors) {
    assert.equal(crc32c(bytes, 0, bytes.length), crc)
    assert.equal(crc32cInPlace(bytes, 0, bytes.length), crc)
  }
})

test('short and long ranges, anywhere in the bytes, have the checksum that the native code gives', (t) => {
  const random = seededRandom(t)
  const bytes = Buffer.from(Array.from({ length: 5000 }, () => Math.floor(random() * 256)))
  for (let length = 0; length < 1000; length++) {
    const start = Math.floor(random() * (bytes.length - length))
    const right = native(bytes.subarray(start, start + length))
    assert.equal(crc32c(bytes, start, start + length), right, `${length} bytes from ${start}`)
    assert.equal(crc32cInPlace(bytes, start, start + length), right, `${length} bytes from ${start}`)
  }
})

test('where the native code is not installed, JavaScript does it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'almanac-crc32c-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const name of ['kafka/crc32c.ts', 'core/view-of.ts'])
    cpSync(join(import.meta.dirname, '../../../files/lib', name), join(folder, name))
  const apart: { crc32c: typeof crc32c } = await import(pathToFileURL(join(folder, 'kafka/crc32c.ts')).href)
  const bytes = Buffer.alloc(5000, 'Almanac')
  assert.equal(apart.crc32c(bytes, 0, bytes.length), native(bytes))
})
