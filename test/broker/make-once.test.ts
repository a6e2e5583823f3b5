import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeOnce } from '../../broker/make-once.ts'
import { temporaryFolder } from '../support/program.ts'
import { waitFor } from '../support/wait-for.ts'

test('makeOnce gives one whole result when it is called several times at once', async (t) => {
  const parent = await temporaryFolder(t)
  let begun = 0
  const make = async (temporary: string) => {
    begun++
    await waitFor('all to have begun', () => begun === 3)
    for (const name of ['a', 'b']) await writeFile(join(temporary, name), temporary)
  }
  const path = join(parent, 'deep/made')
  await Promise.all([makeOnce(path, make), makeOnce(path, make), makeOnce(path, make)])
  assert.deepEqual(await readdir(join(parent, 'deep')), ['made'])
  assert.equal(await readFile(join(path, 'a'), 'utf8'), await readFile(join(path, 'b'), 'utf8'))
})

test('makeOnce leaves nothing behind when making fails', async (t) => {
  const parent = await temporaryFolder(t)
  const make = async (temporary: string) => {
    await writeFile(join(temporary, 'half'), '')
    throw new Error('no more')
  }
  await assert.rejects(makeOnce(join(parent, 'made'), make), { message: 'no more' })
  assert.deepEqual(await readdir(parent), [])
})
