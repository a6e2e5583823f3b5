import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { OperatingError } from '../../../files/lib/core/program.ts'
import { fileVersion, replaceFile } from '../../../files/lib/core/replace-file.ts'
import { nodeWithoutRights, openFolder } from '../../support/nobody.ts'
import { temporaryFolder } from '../../support/program.ts'
import { libraryModule, startScript, watchFileCalls } from '../../support/run-script.ts'
import { waitFor } from '../../support/wait-for.ts'

test('replaceFile makes a file and replaces it, by text or by pieces', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  replaceFile(path, 'größer\n')
  assert.equal(readFileSync(path, 'utf8'), 'größer\n')
  // More pieces than one writev takes (1024 on Linux).
  const pieces = Array.from({ length: 5000 }, (_, i) => Buffer.from(`${i},`))
  replaceFile(path, pieces)
  assert.equal(readFileSync(path, 'utf8'), Buffer.concat(pieces).toString())
  replaceFile(path, [])
  assert.equal(readFileSync(path, 'utf8'), '')
})

test('replaceFile leaves nothing beside the file, and takes over a temporary file that a kill left', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'file')
  writeFileSync(`${path}.tmp`, 'left over and longer than what comes')
  replaceFile(path, 'new')
  assert.deepEqual(readdirSync(folder), ['file'])
  assert.equal(readFileSync(path, 'utf8'), 'new')
})

test('replaceFile does not write into the old file when that bears the temporary name too, as a rename by half leaves it', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  writeFileSync(path, 'old')
  linkSync(path, `${path}.tmp`)
  replaceFile(path, 'new', { beforeRename: () => assert.equal(readFileSync(path, 'utf8'), 'old') })
  assert.equal(readFileSync(path, 'utf8'), 'new')
})

test('replaceFile calls beforeRename with the new content ready and the old in place', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  writeFileSync(path, 'old')
  let seen: string[] = []
  const temporary = `${path}.mine`
  replaceFile(path, 'new', {
    temporary,
    beforeRename: () => (seen = [path, temporary].map((name) => readFileSync(name, 'utf8'))),
  })
  assert.deepEqual(seen, ['old', 'new'])
  assert.equal(readFileSync(path, 'utf8'), 'new')
})

test('replaceFile passes on what beforeRename throws; the old file is whole and no temporary one left', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'file')
  writeFileSync(path, 'old')
  const error = new Error('not ours')
  const beforeRename = () => {
    throw error
  }
  assert.throws(
    () => replaceFile(path, 'new', { beforeRename }),
    (thrown) => thrown === error,
  )
  assert.deepEqual(readdirSync(folder), ['file'])
  assert.equal(readFileSync(path, 'utf8'), 'old')
})

test('fileVersion tells a file from one replaced, changed or removed', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  assert.equal(fileVersion(path), undefined)
  const version = replaceFile(path, 'content')
  assert.equal(fileVersion(path), version)
  const again = replaceFile(path, 'content')
  assert.notEqual(again, version)
  appendFileSync(path, ' ')
  assert.notEqual(fileVersion(path), again)
})

test('a reader sees a whole old file or a whole new one', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  const rounds = 300
  // Many sizes, each file of one letter: a mixture or a part would show.
  const contentOf = (round: number) =>
    `${String.fromCharCode(97 + (round % 26))}`.repeat(1 + ((round * 7919) % 300_000))
  replaceFile(path, contentOf(0))
  const writer = await startScript(
    t,
    `import { replaceFile } from ${libraryModule('core/replace-file.ts')}
    const contentOf = ${contentOf}
    for (let round = 1; round <= ${rounds}; round++) {
      const text = contentOf(round)
      const half = Math.floor(text.length / 2)
      replaceFile(${JSON.stringify(path)}, [Buffer.from(text.slice(0, half)), Buffer.from(text.slice(half))])
    }
    console.log('done')`,
  )
  const lengths = new Map(Array.from({ length: rounds + 1 }, (_, round) => [contentOf(round), round]))
  let [newest, reads] = [0, 0]
  while (newest < rounds) {
    const round = lengths.get(readFileSync(path, 'utf8'))
    assert.ok(round !== undefined, 'a content that nobody wrote')
    assert.ok(round >= newest, 'an older file after a newer one')
    newest = round
    // The writer's output and end come by events.
    if (++reads % 50 === 0) await new Promise(setImmediate)
    assert.equal(writer.stderr(), '')
  }
  assert.equal((await writer.ended).code, 0)
  t.diagnostic(`${reads} reads`)
})

test('a writer killed at any moment leaves a whole file', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'file')
  for (let round = 0; round < 8; round++) {
    const writer = await startScript(
      t,
      `import { replaceFile } from ${libraryModule('core/replace-file.ts')}
      for (let i = 0; ; i++) replaceFile(${JSON.stringify(path)}, String(i % 10).repeat(100_000))`,
    )
    const before = fileVersion(path)
    await waitFor('the writer to write', () => fileVersion(path) !== before)
    writer.child.kill('SIGKILL')
    await writer.ended
    assert.match(readFileSync(path, 'utf8'), /^(\d)\1{99999}$/)
  }
})

test('a disk that is full half-way leaves the old file whole and no temporary one', async (t) => {
  // A limit on the size of files stands for it: the write is cut short there, and the next one fails. No root is needed.
  for (const content of [
    '"x".repeat(200_000)',
    'Array.from({ length: 200 }, () => Buffer.alloc(1000, "x"))',
  ]) {
    const folder = await temporaryFolder(t)
    const path = join(folder, 'file')
    writeFileSync(path, 'old')
    const script = `import { replaceFile } from ${libraryModule('core/replace-file.ts')}
    process.on('SIGXFSZ', () => {})
    try { replaceFile(${JSON.stringify(path)}, ${content}) }
    catch (error) { console.log(error.name, error.message) }`
    // sh counts in blocks of 512 bytes.
    const { ended } = await startScript(t, script, [
      'sh',
      '-c',
      'ulimit -f 200; exec "$0" "$1"',
      process.execPath,
    ])
    const { stdout, stderr, code } = await ended
    assert.deepEqual({ stderr, code }, { stderr: '', code: 0 })
    assert.match(stdout, /^OperatingError .*file: cannot be written \(EFBIG.*The old file is intact\./)
    assert.deepEqual(readdirSync(folder), ['file'])
    assert.equal(readFileSync(path, 'utf8'), 'old')
  }
})

test('an error for a full disk says what to do', {
  skip: !existsSync('/dev/full') && 'needs /dev/full',
}, async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'file')
  writeFileSync(path, 'old')
  for (const content of ['new', [Buffer.from('n'), Buffer.from('ew')]]) {
    // A device that is always full, by a link so that what is removed is the link.
    const temporary = join(folder, 'full')
    symlinkSync('/dev/full', temporary)
    assert.throws(
      () => replaceFile(path, content, { temporary }),
      (error: Error) => {
        assert.ok(error instanceof OperatingError)
        assert.match(
          error.message,
          /file: cannot be written \(ENOSPC.*The old file is intact\. Free some disk space and restart\.$/,
        )
        return true
      },
    )
    assert.deepEqual(readdirSync(folder), ['file'])
    assert.ok(existsSync('/dev/full'))
  }
})

test('a rename that fails leaves no temporary file', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'file')
  mkdirSync(join(path, 'in the way'), { recursive: true })
  assert.throws(() => replaceFile(path, 'new'), {
    name: 'OperatingError',
    message: /file: cannot be written \(EISDIR|ENOTEMPTY/,
  })
  assert.deepEqual(readdirSync(folder), ['file'])
})

test('a folder that is not there is named with what to do', async (t) => {
  const path = join(await temporaryFolder(t), 'missing', 'file')
  assert.throws(() => replaceFile(path, 'new'), {
    name: 'OperatingError',
    message: /missing\/file: cannot be written \(ENOENT.*Make the folder, or name another with DATA_DIR/,
  })
})

test('a folder that we may not write in leaves the old file whole', async (t) => {
  const folder = await openFolder(t)
  const path = join(folder, 'file')
  writeFileSync(path, 'old')
  chmodSync(folder, 0o555)
  const script = `import { replaceFile } from ${libraryModule('core/replace-file.ts')}
  try { replaceFile(${JSON.stringify(path)}, 'new') }
  catch (error) { console.log(error.name, error.message) }`
  const { ended } = await startScript(t, script, [process.execPath, ...nodeWithoutRights])
  const { stdout, stderr } = await ended
  chmodSync(folder, 0o755) // So that it can be removed.
  assert.match(
    stdout,
    /^OperatingError .*file: cannot be written \(EACCES.*Give this user the right to write in the folder/,
    stderr,
  )
  assert.equal(readFileSync(path, 'utf8'), 'old')
  assert.deepEqual(readdirSync(folder), ['file'])
})

test('a file keeps its place: the one that was there is not written into', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  writeFileSync(path, 'old')
  const { ino } = statSync(path)
  replaceFile(path, 'new')
  assert.notEqual(statSync(path).ino, ino)
})

test('replaceFile syncs and closes the new file before the rename, and syncs the folder after it', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  for (const [content, write] of [
    ["'new'", 'writeFile'],
    ["[Buffer.from('new')]", 'writev'],
  ] as const) {
    const script = `import { replaceFile } from ${libraryModule('core/replace-file.ts')}
    const calls = []
    ${watchFileCalls('(name, [path]) => calls.push(name.replace("Sync", "") + (typeof path === "string" ? " " + path.split("/").at(-1) : ""))')}
    replaceFile(${JSON.stringify(path)}, ${content})
    process.stdout.write(calls.join(', '))`
    const { stdout, stderr } = await (await startScript(t, script)).ended
    assert.equal(stderr, '')
    const folder = path.split('/').at(-2)
    assert.equal(
      stdout,
      `open file.tmp, ${write}, fsync, close, rename file.tmp, open ${folder}, fsync, close`,
    )
  }
})
