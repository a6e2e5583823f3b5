import assert from 'node:assert/strict'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { replaceFile } from '../../../files/lib/core/replace-file.ts'
import { archiveFile, isArchived } from '../../../files/lib/engine/archive.ts'
import { temporaryFolder } from '../../support/program.ts'

test('archiveFile keeps the file where it is, and keeps it when it is replaced', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'partition-2.json')
  writeFileSync(path, 'old results')
  const archived = archiveFile(path, 'f8a1')
  assert.equal(archived, join(folder, 'archive', 'f8a1', 'partition-2.json'))
  assert.equal(statSync(archived).ino, statSync(path).ino)
  replaceFile(path, 'new results')
  assert.equal(readFileSync(archived, 'utf8'), 'old results')
})

test('archiveFile keeps a file that is already in the archive', async (t) => {
  const path = join(await temporaryFolder(t), 'partition-2.json')
  writeFileSync(path, 'first')
  const archived = archiveFile(path, 'f8a1')
  replaceFile(path, 'second')
  assert.equal(archiveFile(path, 'f8a1'), archived)
  assert.equal(readFileSync(archived, 'utf8'), 'first')
})

test('archiveFile throws when there is no such file', async (t) => {
  const path = join(await temporaryFolder(t), 'partition-2.json')
  assert.throws(() => archiveFile(path, 'f8a1'), {
    name: 'OperatingError',
    message: /cannot be kept.*ENOENT/,
  })
})

test('archiveFile says what is in the way, and leaves the file as it is', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'partition-2.json')
  writeFileSync(path, 'results')
  writeFileSync(join(folder, 'archive'), 'a file where a folder should be')
  assert.throws(() => archiveFile(path, 'f8a1'), {
    name: 'OperatingError',
    message: /partition-2\.json: cannot be kept as .*f8a1.* \(E(EXIST|NOTDIR).*It was not changed\. Fix this/,
  })
  assert.equal(readFileSync(path, 'utf8'), 'results')
})

const isElsewhere = existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev
test('archiveFile copies the file when the archive is on another disk', {
  skip: !isElsewhere && 'needs /dev/shm on a disk of its own',
}, async (t) => {
  const folder = await temporaryFolder(t)
  const elsewhere = mkdtempSync('/dev/shm/almanac-test-')
  t.after(() => rmSync(elsewhere, { recursive: true }))
  symlinkSync(elsewhere, join(folder, 'archive'))
  const path = join(folder, 'partition-2.json')
  writeFileSync(path, 'first')
  const archived = archiveFile(path, 'f8a1')
  writeFileSync(path, 'second')
  assert.equal(archiveFile(path, 'f8a1'), archived)
  assert.equal(readFileSync(archived, 'utf8'), 'first')
  assert.deepEqual(readdirSync(join(elsewhere, 'f8a1')), ['partition-2.json'])
})

test('isArchived tells partition and topic apart', async (t) => {
  const folder = await temporaryFolder(t)
  const [path, other] = [join(folder, 'partition-2.json'), join(folder, 'partition-0.json')]
  assert.equal(isArchived(path, 'f8a1'), false)
  writeFileSync(path, 'x')
  const archived = archiveFile(path, 'f8a1')
  assert.deepEqual(
    [isArchived(path, 'f8a1'), isArchived(path, 'f8a2'), isArchived(other, 'f8a1')],
    [true, false, false],
  )
  rmSync(archived)
  assert.equal(isArchived(path, 'f8a1'), false)
})
