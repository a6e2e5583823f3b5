/* What befalls the folder of a running consumer: it says what is wrong, keeps the old file whole, and a later start goes on. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brokerAddress, createTopic } from './support/kafka.ts'
import { isRoot, nobody, nodeWithoutRights, openFolder, withoutRights } from './support/nobody.ts'
import { readPartitionFile } from './support/partition-files.ts'
import { type RunningProgram, startProgram, temporaryFolder } from './support/program.ts'
import { expectedFile, readTopic } from './support/read-topic.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

/** A topic with three days and a consumer of partition 2 that has counted them, in a folder below the one given. */
async function startConsumer(t: TestContext, parent: string, environment: Record<string, string> = {}) {
  const { name: topic } = await createTopic(t)
  await sendDays(topic, 1, 3)
  const folder = join(parent, 'data')
  const settings = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: folder }
  mkdirSync(folder, { recursive: true })
  if (isRoot) chownSync(folder, nobody, nobody)
  const start = (args: readonly string[] = []) =>
    startProgram(t, 'consumer.ts', ['2', ...args], { ...settings, ...environment })
  const consumer = start()
  await waitFor('three records', () => offsetIn(folder) === 3)
  return { topic, folder, start, consumer }
}

/** The offset in the file; nothing while it is not there. */
function offsetIn(folder: string): number | undefined {
  return existsSync(join(folder, 'partition-2.json')) ? readPartitionFile(folder, 2).offset : undefined
}

async function sendDays(topic: string, first: number, last: number): Promise<void> {
  const days = Array.from({ length: last - first + 1 }, (_, i) => String(first + i).padStart(2, '0'))
  await sendRecords(
    brokerAddress(),
    topic,
    days.map((day) => [reportRecord(`1990-01-${day}`, Number(day))]),
  )
}

/** The consumer must end by itself, with one message and without a stack. */
async function expectEnd(consumer: RunningProgram, message: RegExp): Promise<void> {
  const { code } = await consumer.ended
  assert.equal(code, 1, consumer.stderr())
  assert.match(consumer.stderr(), message)
  assert.doesNotMatch(consumer.stderr(), /^ +at /m)
}

/** Another start, to the end of the log, must make the right file and leave nothing else. */
async function expectRightAfter(
  start: (args: readonly string[]) => RunningProgram,
  topic: string,
  folder: string,
) {
  const again = start(['--exit-at-end'])
  assert.equal((await again.ended).code, 0, again.stderr())
  assert.deepEqual(readPartitionFile(folder, 2), expectedFile(await readTopic(brokerAddress(), topic), 2))
  expectNoTemporary(folder)
}

function expectNoTemporary(folder: string): void {
  assert.deepEqual(globSync(['*.tmp', '.almanac/*.tmp'], { cwd: folder }), [])
}

/** What is done to the folder, by name, and what the consumer says to it. */
const meddlings: Record<string, { meddle: (folder: string) => void; says: RegExp }> = {
  'the partition file is removed': {
    meddle: (folder) => rmSync(join(folder, 'partition-2.json')),
    says: /partition-2\.json: was removed, replaced or changed by another program/,
  },
  'the partition file is changed': {
    meddle: (folder) => appendFileSync(join(folder, 'partition-2.json'), '\n'),
    says: /partition-2\.json: was removed, replaced or changed by another program/,
  },
  'the partition file is replaced by an older one': {
    meddle: (folder) => {
      const path = join(folder, 'partition-2.json')
      writeFileSync(`${path}.new`, '{"partition": 2, "offset": 0}')
      renameSync(`${path}.new`, path)
    },
    says: /partition-2\.json: was removed, replaced or changed by another program/,
  },
  'the hidden folder is removed': {
    meddle: (folder) => removeFolder(join(folder, '.almanac')),
    says: /partition-2.*(was removed or replaced while we held it|Make the folder)/,
  },
  'the lock is removed': {
    meddle: (folder) => rmSync(join(folder, '.almanac/partition-2.lock')),
    says: /partition-2\.lock: was removed or replaced while we held it/,
  },
  'the whole folder is removed': {
    meddle: removeFolder,
    says: /data\/.*partition-2.*(Make the folder, or name another|was removed or replaced)/,
  },
  'the whole folder is renamed and an empty one put in its place': {
    meddle: (folder) => {
      renameSync(folder, `${folder}.old`)
      mkdirSync(folder)
    },
    says: /data\/.*partition-2.*(Make the folder, or name another|was removed or replaced)/,
  },
  'a copy of the folder is put in its place': {
    meddle: (folder) => {
      cpSync(folder, `${folder}.copy`, { recursive: true })
      removeFolder(folder)
      renameSync(`${folder}.copy`, folder)
    },
    says: /partition-2\.(lock|json): was removed/,
  },
}

/**
 * The consumer writes its status in it meanwhile: the folder may not be empty after all, or a file be gone that was just
 * listed. At the latter Node's rmSync gives up and returns, with the folder still there.
 */
function removeFolder(path: string): void {
  while (existsSync(path)) rmSync(path, { recursive: true, maxRetries: 10, retryDelay: 10 })
}

for (const [what, { meddle, says }] of Object.entries(meddlings)) {
  test(`a consumer under which ${what} ends with an error, and the next start counts right`, async (t) => {
    const { topic, folder, start, consumer } = await startConsumer(t, await temporaryFolder(t))
    meddle(folder)
    const left = () =>
      existsSync(join(folder, 'partition-2.json'))
        ? readFileSync(join(folder, 'partition-2.json'), 'utf8')
        : undefined
    const before = left()
    await sendDays(topic, 4, 6)
    await expectEnd(consumer, says)
    assert.equal(left(), before)
    if (existsSync(folder)) expectNoTemporary(folder)
    await expectRightAfter(start, topic, folder)
  })
}

test('a test of rights needs neither a clone nor a TMPDIR that other users can reach', async (t) => {
  const { TMPDIR } = process.env
  const own = await temporaryFolder(t) // mkdtemp makes it for its owner alone.
  process.env.TMPDIR = own
  const folder = await openFolder(t)
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  writeFileSync(join(own, 'imported.ts'), 'export const getuid = () => process.getuid()')
  const program = `import { readdirSync } from 'node:fs'
  import { getuid } from './imported.ts'
  console.log(getuid(), readdirSync('${folder}').length)`
  writeFileSync(join(own, 'program.ts'), program)
  const printed = execFileSync(process.execPath, [...nodeWithoutRights, join(own, 'program.ts')])
  assert.equal(String(printed), `${isRoot ? nobody : process.getuid!()} 0\n`)
})

test('a consumer whose folder is made read-only ends with an error, and goes on when it is writable again', async (t) => {
  const parent = await openFolder(t)
  const { topic, folder, start, consumer } = await startConsumer(t, parent, withoutRights)
  const before = readFileSync(join(folder, 'partition-2.json'), 'utf8')
  chmodSync(folder, 0o555)
  chmodSync(join(folder, '.almanac'), 0o555)
  await sendDays(topic, 4, 6)
  await expectEnd(
    consumer,
    /partition-2.*cannot be written \(EACCES.*The old file is intact\. Give this user the right to write in the folder/,
  )
  assert.equal(readFileSync(join(folder, 'partition-2.json'), 'utf8'), before)
  const locked = start()
  await expectEnd(locked, /partition-2.*(cannot be (written|locked)|EACCES)/)
  chmodSync(folder, 0o755)
  chmodSync(join(folder, '.almanac'), 0o755)
  await expectRightAfter(start, topic, folder)
})

test('a consumer that may not make its folder says so at its start', async (t) => {
  const parent = await openFolder(t)
  chmodSync(parent, 0o555)
  const { name: topic } = await createTopic(t)
  const consumer = startProgram(t, 'consumer.ts', ['2'], {
    ...{ KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: join(parent, 'data') },
    ...withoutRights,
  })
  await expectEnd(
    consumer,
    /data\/\.almanac: cannot be made \(EACCES.*Give this user the right to, or name another folder with DATA_DIR/,
  )
  chmodSync(parent, 0o755)
})

test('a consumer that may not read its file says so at its start and leaves it', async (t) => {
  const { folder, start, consumer } = await startConsumer(t, await openFolder(t), withoutRights)
  consumer.child.kill('SIGTERM')
  await consumer.ended
  for (const name of ['partition-2.json', '.almanac/partition-2.json']) {
    chmodSync(join(folder, name), 0)
    await expectEnd(start(), new RegExp(`${name}: cannot be read \\(EACCES.*Fix this and restart`))
    chmodSync(join(folder, name), 0o644)
  }
})

const asRoot = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'pipe' })

/** A small disk in memory, at a folder of the test's own; undefined where we may not mount one. */
function mountSmallDisk(t: TestContext): string | undefined {
  if (!isRoot || process.platform !== 'linux') return undefined
  const folder = mkdtempSync(join(tmpdir(), 'almanac-test-'))
  let isMounted = false
  t.after(() => {
    if (isMounted) asRoot('umount', '--lazy', folder)
    rmSync(folder, { recursive: true })
  })
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=777', 'tmpfs', folder)
    isMounted = true
  } catch {
    return undefined
  }
  return folder
}

test('a consumer on a disk that runs full ends with an error, and goes on when there is room', async (t) => {
  const parent = mountSmallDisk(t)
  if (!parent) return t.skip('needs the right to mount a small disk; crash-points.test.ts makes writes fail')
  const { topic, folder, start, consumer } = await startConsumer(t, parent)
  const before = readFileSync(join(folder, 'partition-2.json'), 'utf8')
  const filler = join(parent, 'filler')
  for (let bytes = 65_536; bytes >= 1; bytes = bytes >> 1) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(bytes))
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
    }
  }
  await sendDays(topic, 4, 6)
  await expectEnd(
    consumer,
    /partition-2.*cannot be written \(ENOSPC.*The old file is intact\. Free some disk space and restart\./,
  )
  assert.equal(readFileSync(join(folder, 'partition-2.json'), 'utf8'), before)
  expectNoTemporary(folder)
  await expectEnd(start(), /ENOSPC.*Free some disk space|cannot be locked/)
  rmSync(filler)
  await expectRightAfter(start, topic, folder)
})

const isElsewhere = existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev
test('a folder on another disk than the programs counts, and keeps old results when the topic is recreated', {
  skip: !isElsewhere && 'needs /dev/shm on a disk of its own',
}, async (t) => {
  const parent = mkdtempSync('/dev/shm/almanac-test-')
  t.after(() => rmSync(parent, { recursive: true }))
  const { topic, folder, start, consumer } = await startConsumer(t, parent)
  const before = readFileSync(join(folder, 'partition-2.json'), 'utf8')
  const [id] = [JSON.parse(readFileSync(join(folder, '.almanac/partition-2.json'), 'utf8')).topicId]
  await createTopic(t, brokerAddress(), topic)
  await sendDays(topic, 11, 15)
  await waitFor('the new topic', () => offsetIn(folder) === 5)
  assert.equal(readFileSync(join(folder, 'archive', id, 'partition-2.json'), 'utf8'), before)
  consumer.child.kill('SIGTERM')
  assert.equal((await consumer.ended).code, 0, consumer.stderr())
  await expectRightAfter(start, topic, folder)
})
