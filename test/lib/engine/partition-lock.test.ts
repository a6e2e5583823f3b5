import assert from 'node:assert/strict'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { OperatingError } from '../../../files/lib/core/program.ts'
import { lockPartition } from '../../../files/lib/engine/partition-lock.ts'
import { temporaryFolder } from '../../support/program.ts'
import { libraryModule, startScript } from '../../support/run-script.ts'
import { waitFor } from '../../support/wait-for.ts'

async function lockPaths(t: TestContext) {
  const folder = await temporaryFolder(t)
  return { path: join(folder, 'partition-2.lock'), statusPath: join(folder, 'partition-2.status.json') }
}

/** Starts another process that takes the lock, writes its status and stays until it is killed. */
async function startHolder(t: TestContext, { path, statusPath }: { path: string; statusPath: string }) {
  const holder = await startScript(
    t,
    `import { lockPartition } from ${libraryModule('engine/partition-lock.ts')}
    import { writeStatus } from ${libraryModule('engine/status-file.ts')}
    lockPartition(${JSON.stringify(path)}, ${JSON.stringify(statusPath)})
    writeStatus(${JSON.stringify(statusPath)}, { state: 'live', offset: 0, endOffset: 0, rate: 0, error: null })
    console.log('held')
    setInterval(() => {}, 1000)`,
  )
  await waitFor(
    'the holder to hold the lock',
    () => holder.stdout() === 'held\n' || assert.equal(holder.stderr(), ''),
  )
  return holder
}

test('a second holder is refused, naming process and host of the first', async (t) => {
  const paths = await lockPaths(t)
  const holder = await startHolder(t, paths)
  assert.throws(
    () => lockPartition(paths.path, paths.statusPath),
    (error: Error) => {
      assert.ok(error instanceof OperatingError)
      const who = `${paths.path}: another consumer keeps this partition: process ${holder.child.pid} on ${hostname()}.`
      assert.ok(error.message.startsWith(who), error.message)
      return true
    },
  )
})

test('a second holder in the same process is refused too', async (t) => {
  const { path, statusPath } = await lockPaths(t)
  const lock = lockPartition(path, statusPath)
  t.after(lock.release)
  assert.throws(() => lockPartition(path, statusPath), /a process that has not yet written who it is/)
})

test('a damaged status file does not hide that the lock is held', async (t) => {
  const { path, statusPath } = await lockPaths(t)
  const lock = lockPartition(path, statusPath)
  t.after(lock.release)
  writeFileSync(statusPath, '{"pid": 1')
  assert.throws(() => lockPartition(path, statusPath), /another consumer keeps this partition/)
})

test('the lock goes with its holder, killed by SIGKILL', async (t) => {
  const paths = await lockPaths(t)
  const holder = await startHolder(t, paths)
  holder.child.kill('SIGKILL')
  await holder.ended
  const lock = lockPartition(paths.path, paths.statusPath)
  lock.check()
  lock.release()
})

test('the lock is free once it is released', async (t) => {
  const { path, statusPath } = await lockPaths(t)
  lockPartition(path, statusPath).release()
  lockPartition(path, statusPath).release()
  const holder = await startHolder(t, { path, statusPath })
  assert.equal(holder.child.exitCode, null)
})

test('locks of several partitions do not hinder each other', async (t) => {
  const folder = await temporaryFolder(t)
  const locks = [0, 1, 2, 3].map((partition) =>
    lockPartition(join(folder, `partition-${partition}.lock`), 'none'),
  )
  for (const lock of locks) {
    lock.check()
    lock.release()
  }
})

test('check throws when the lock file was removed or replaced, and so finds a second holder', async (t) => {
  const { path, statusPath } = await lockPaths(t)
  const lock = lockPartition(path, statusPath)
  t.after(lock.release)
  lock.check()
  rmSync(path)
  assert.throws(lock.check, {
    name: 'OperatingError',
    message: /partition-2\.lock: was removed or replaced while we held it/,
  })
  // The kernel sees another file, so another process gets its lock.
  const second = lockPartition(path, statusPath)
  t.after(second.release)
  second.check()
  assert.throws(lock.check, { name: 'OperatingError', message: /was removed or replaced/ })
})

test('check throws when another file was moved to its place', async (t) => {
  const { path, statusPath } = await lockPaths(t)
  const lock = lockPartition(path, statusPath)
  t.after(lock.release)
  writeFileSync(`${path}.other`, '')
  renameSync(`${path}.other`, path)
  assert.throws(lock.check, { name: 'OperatingError', message: /was removed or replaced/ })
})

test('garbage collection does not give the lock away', async (t) => {
  const { path, statusPath } = await lockPaths(t)
  const script = `import { lockPartition } from ${libraryModule('engine/partition-lock.ts')}
  lockPartition(${JSON.stringify(path)}, 'none')
  for (let i = 0; i < 20; i++) { globalThis.gc(); await new Promise(setImmediate) }
  console.log('collected')
  setInterval(() => {}, 1000)`
  const holder = await startScript(t, script, [process.execPath, '--expose-gc'])
  await waitFor(
    'the collections',
    () => holder.stdout() === 'collected\n' || assert.equal(holder.stderr(), ''),
  )
  assert.throws(() => lockPartition(path, statusPath), /another consumer keeps this partition/)
})

test('a lock that cannot be made says why', async (t) => {
  const folder = await temporaryFolder(t)
  assert.throws(() => lockPartition(join(folder, 'missing', 'lock'), 'none'), {
    name: 'OperatingError',
    message: /missing\/lock: cannot be locked \(.+\)\. Is the folder there/,
  })
  writeFileSync(join(folder, 'lock'), 'not an empty file, and not a database either'.repeat(100))
  assert.throws(() => lockPartition(join(folder, 'lock'), 'none'), {
    name: 'OperatingError',
    message: /lock: cannot be locked \(.+\)/,
  })
})

test('a lock that was released lets nothing more be written, also when nobody took it since', async (t) => {
  const lock = lockPartition(join(await temporaryFolder(t), 'lock'), 'none')
  lock.check()
  lock.release()
  assert.throws(lock.check, /lock: was released\. Nothing was written/)
})
