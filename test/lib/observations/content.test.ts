import assert from 'node:assert/strict'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test from 'node:test'
import { gzipSync } from 'node:zlib'
import { openContent } from '../../../files/lib/observations/content.ts'
import { openInput } from '../../../files/lib/observations/input.ts'
import { readObservations } from '../../../files/lib/observations/observations.ts'
import { temporaryFolder } from '../../support/program.ts'
import { waitFor } from '../../support/wait-for.ts'

const database = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(300_000, 7)])

test('a database is used where it is, or in a temporary file when it was packed or came by a pipe', async (t) => {
  const folder = await temporaryFolder(t)
  const plain = join(folder, 'weewx.sdb')
  await writeFile(plain, database)
  await writeFile(`${plain}.gz`, gzipSync(database))
  const inputs = [
    openInput(plain, t.signal),
    openInput(`${plain}.gz`, t.signal),
    { source: 'standard input', chunks: Readable.from([database.subarray(0, 9), database.subarray(9)]) },
  ]
  const used: string[] = []
  for (const input of inputs) {
    const content = await openContent(input, false)
    assert.deepEqual([content.head.isDatabase, content.head.lines], [true, []])
    await content.file(async (path) => {
      used.push(path)
      assert.deepEqual(readFileSync(path), database)
    })
    await content.close()
  }
  assert.deepEqual(
    used.map((path) => existsSync(path)),
    [true, false, false],
  )
  assert.equal(used[0], plain)
})

const growing: [what: string, text: string | Buffer, isEmpty: boolean, isUnfinished: boolean][] = [
  ['nothing', '', true, false],
  ['blank lines', '\r\n\n', true, false],
  ['half a header', 'date,tm', true, true],
  ['a byte order mark and half a header', '\uFEFFdate,tm', true, true],
  ['a header', 'date,tmax_c\n', false, false],
  ['packed, without its line end', gzipSync('date,tmax_c'), false, false],
  ['packed, nothing', gzipSync(''), true, false],
]

for (const [what, text, isEmpty, isUnfinished] of growing) {
  test(`a file that is still written is empty until its first line has its end: ${what}`, async () => {
    const chunks = Readable.from(text.length > 0 ? [Buffer.from(text)] : [])
    const content = await openContent({ source: 'f', chunks }, true)
    await content.close()
    assert.deepEqual([content.isEmpty, content.isUnfinished()], [isEmpty, isUnfinished])
  })
}

test('an archive is named in a file that may still be written as well', async () => {
  const chunks = Readable.from([Buffer.from('PK\x03\x04')])
  await assert.rejects(openContent({ source: 'f', chunks }, true), /f: it is a ZIP archive/)
})

test('a file is closed whatever stops its reading', async (t) => {
  const folder = await temporaryFolder(t)
  // Longer than what is looked at beforehand: more of it is still to come.
  const tail = 'x'.repeat(1 << 18)
  const files = { page: `<html>${tail}`, header: `a,b\n${tail}`, row: `date,tmax_c\n?,1\n${tail}` }
  for (const [name, text] of Object.entries(files)) {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      const path = join(folder, name)
      await writeFile(path, bytes)
      await assert.rejects(readObservations([path], {}, t.signal), { name: 'OperatingError' })
    }
  }
  await waitFor('no file open', async () => (await openFiles()).every((path) => !path.startsWith(folder)))
})

/** What this process has open. */
async function openFiles(): Promise<string[]> {
  const numbers = await readdir('/proc/self/fd')
  return numbers.map((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`)
    } catch {
      return '' // Of the reading itself: closed by now.
    }
  })
}
