import assert from 'node:assert/strict'
import {
  appendFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import {
  adoptTopic,
  isOldTopic,
  openPartition,
  writePartition,
} from '../../../files/lib/engine/owned-partition.ts'
import { type Checkpoint, monthTable } from '../../../files/lib/stats/checkpoint.ts'
import { longestGap } from '../../../files/lib/stats/missing-days.ts'
import { monthlyStats } from '../../../files/lib/stats/monthly-stats.ts'
import { addDay } from '../../../files/lib/stats/stats.ts'
import { temporaryFolder } from '../../support/program.ts'
import { libraryModule, startScript, watchFileCalls } from '../../support/run-script.ts'

const january = { 1990: { count: 1, sum: 20, avg: 20, end: '1990-01-31', start: '1990-01-31' } }
const oldFile = { partition: 2, offset: 4117, January: january }
const emptyFile = { partition: 2, offset: 0 }

/** Makes a folder as a consumer leaves it: a partition file, and what is remembered of its topic. */
async function makeFolder(t: TestContext, file?: object, memory?: object): Promise<string> {
  const folder = await temporaryFolder(t)
  mkdirSync(join(folder, '.almanac'))
  if (file) writeFileSync(join(folder, 'partition-2.json'), JSON.stringify(file))
  if (memory) writeFileSync(join(folder, '.almanac/partition-2.json'), JSON.stringify(memory))
  return folder
}

function open(t: TestContext, folder: string) {
  const owned = openPartition(monthlyStats, folder, 2)
  t.after(owned.lock.release)
  return owned
}

/** Opens the partition as the next start would: with the lock of the one before gone. */
function openOnce<T>(folder: string, use: (owned: ReturnType<typeof open>) => T): T {
  const owned = openPartition(monthlyStats, folder, 2)
  try {
    return use(owned)
  } finally {
    owned.lock.release()
  }
}

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'))
/** The JSON files of a folder and its archive, all but temporary ones. */
function contents(folder: string): Record<string, object> {
  const names = globSync(['*.json', '.almanac/*.json', 'archive/*/*'], { cwd: folder }).sort()
  return Object.fromEntries(names.map((name) => [name, readJson(folder, name)]))
}

test('openPartition writes the first version of a file that is not there, begins at 0 and makes its folder', async (t) => {
  const folder = join(await temporaryFolder(t), 'made')
  const owned = open(t, folder)
  assert.deepEqual(contents(folder), { 'partition-2.json': emptyFile })
  assert.deepEqual([owned.checkpoint.offset, owned.memory], [0, undefined])
})

test('openPartition loads what is there and leaves the file as it is', async (t) => {
  const folder = await makeFolder(t, oldFile, {
    topicId: 'A',
    epochs: [
      [1, 0],
      [2, 4116],
      [3, 4117],
    ],
  })
  const before = readFileSync(join(folder, 'partition-2.json'), 'utf8')
  const owned = open(t, folder)
  assert.deepEqual([owned.checkpoint.offset, owned.bytes], [4117, before.length])
  assert.equal(readFileSync(join(folder, 'partition-2.json'), 'utf8'), before)
  // Epoch 3 was noted before a partition file that never came.
  assert.deepEqual(owned.memory, {
    topicId: 'A',
    epochs: [
      [1, 0],
      [2, 4116],
    ],
  })
})

test('openPartition begins at 0 without a partition file, whatever is remembered', async (t) => {
  const folder = await makeFolder(t, undefined, {
    topicId: 'A',
    epochs: [
      [1, 0],
      [2, 50],
    ],
  })
  const owned = open(t, folder)
  assert.deepEqual(owned.memory, { topicId: 'A', epochs: [] })
  assert.equal(adoptTopic(owned, 'A'), undefined)
  assert.deepEqual(contents(folder)['partition-2.json'], emptyFile)
  assert.ok(!existsSync(join(folder, 'archive')))
})

test('openPartition refuses a damaged file and leaves it as it is', async (t) => {
  const folder = await makeFolder(t, oldFile)
  const text = '{"partition": 2, "offset": 41'
  writeFileSync(join(folder, 'partition-2.json'), text)
  assert.throws(() => openPartition(monthlyStats, folder, 2), {
    name: 'OperatingError',
    message: /partition-2\.json: the file is /,
  })
  assert.equal(readFileSync(join(folder, 'partition-2.json'), 'utf8'), text)
})

test('writePartition writes offset and stats together', async (t) => {
  const folder = await makeFolder(t)
  const owned = open(t, folder)
  addDay(monthTable(owned.checkpoint, 'January'), 1990, 31, 20)
  owned.checkpoint.offset = 4117
  writePartition(owned)
  assert.deepEqual(contents(folder), { 'partition-2.json': oldFile })
  assert.deepEqual([owned.checkpoint.offset, owned.bytes], [4117, readFileSync(owned.path).length])
})

test('writePartition writes a new epoch before the file whose records are of it', async (t) => {
  const folder = await makeFolder(t, undefined, { topicId: 'A', epochs: [] })
  const owned = open(t, folder)
  const writes: [object, object][] = []
  const check = owned.lock.check
  // Called right before each rename: what is on disk then?
  owned.lock.check = () => {
    writes.push([readJson(owned.memoryPath), readJson(owned.path)])
    check()
  }
  owned.memory!.epochs.push([4, 0])
  owned.hasNewMemory = true
  owned.checkpoint.offset = 9
  writePartition(owned)
  assert.deepEqual(writes, [
    [{ topicId: 'A', epochs: [] }, emptyFile],
    [{ version: 1, topicId: 'A', epochs: [[4, 0]] }, emptyFile],
  ])
  owned.lock.check = check
  rmSync(owned.memoryPath)
  writePartition(owned)
  assert.ok(!existsSync(owned.memoryPath), 'written once')
})

test('writePartition leaves the partition file when the new epoch cannot be written', async (t) => {
  const folder = await makeFolder(t, undefined, { topicId: 'A', epochs: [] })
  const owned = open(t, folder)
  rmSync(owned.memoryPath)
  mkdirSync(join(owned.memoryPath, 'in the way'), { recursive: true })
  owned.memory!.epochs.push([4, 0])
  owned.hasNewMemory = true
  owned.checkpoint.offset = 9
  assert.throws(() => writePartition(owned), { name: 'OperatingError' })
  assert.deepEqual(readJson(owned.path), emptyFile)
  assert.equal(owned.hasNewMemory, true)
})

const meddlings: Record<string, (path: string) => void> = {
  removed: (path) => rmSync(path),
  changed: (path) => appendFileSync(path, ' '),
  replaced: (path) => {
    const text = readFileSync(path)
    rmSync(path)
    writeFileSync(path, text)
  },
}
for (const [what, meddle] of Object.entries(meddlings)) {
  test(`writePartition throws when the file was ${what} by another, and leaves it`, async (t) => {
    const owned = open(t, await makeFolder(t, oldFile))
    meddle(owned.path)
    const read = () => (existsSync(owned.path) ? readFileSync(owned.path, 'utf8') : undefined)
    const text = read()
    owned.checkpoint.offset = 5000
    assert.throws(() => writePartition(owned), {
      name: 'OperatingError',
      message: /partition-2\.json: was removed, replaced or changed by another program/,
    })
    assert.equal(read(), text)
    assert.deepEqual(globSync('**/*.tmp', { cwd: join(owned.path, '..') }), [])
  })
}

for (const [what, meddle] of Object.entries(meddlings)) {
  test(`adoptTopic throws when the file was ${what} by another, and archives nothing`, async (t) => {
    const folder = await makeFolder(t, oldFile, { topicId: 'A', epochs: [[1, 0]] })
    const owned = open(t, folder)
    meddle(owned.path)
    assert.throws(() => adoptTopic(owned, 'B'), {
      name: 'OperatingError',
      message: /partition-2\.json: was removed, replaced or changed by another program/,
    })
    assert.equal(existsSync(join(folder, 'archive')), false)
  })
}

test('writePartition throws when the lock file was removed, and leaves the partition file', async (t) => {
  const folder = await makeFolder(t, oldFile)
  const owned = open(t, folder)
  rmSync(join(folder, '.almanac/partition-2.lock'))
  owned.checkpoint.offset = 5000
  assert.throws(() => writePartition(owned), /partition-2\.lock: was removed or replaced/)
  assert.deepEqual(readJson(owned.path), oldFile)
})

test('adoptTopic keeps file and epochs when the topic is the one remembered', async (t) => {
  const memory = { topicId: 'A', epochs: [[1, 0]] }
  const folder = await makeFolder(t, oldFile, memory)
  const owned = open(t, folder)
  assert.equal(adoptTopic(owned, 'A'), undefined)
  assert.deepEqual(contents(folder), { 'partition-2.json': oldFile, '.almanac/partition-2.json': memory })
})

test('adoptTopic remembers the first topic of a new file', async (t) => {
  const folder = await makeFolder(t)
  assert.equal(adoptTopic(open(t, folder), 'A'), undefined)
  assert.deepEqual(contents(folder), {
    'partition-2.json': emptyFile,
    '.almanac/partition-2.json': { version: 1, topicId: 'A', epochs: [] },
  })
})

test('adoptTopic archives the file of another topic, begins at 0 and says so', async (t) => {
  const folder = await makeFolder(t, oldFile, { topicId: 'A', epochs: [[1, 0]] })
  const owned = open(t, folder)
  assert.equal(
    adoptTopic(owned, 'B'),
    'partition-2.json: The topic was recreated: counting restarts at offset 0. The old file (up to offset 4117) is now archive/A/partition-2.json.',
  )
  assert.deepEqual(contents(folder), adopted)
  assert.deepEqual(
    [owned.checkpoint.offset, owned.checkpoint.months.size, owned.memory],
    [0, 0, { topicId: 'B', epochs: [] }],
  )
})

/** The folder at the end of it, whatever came between. */
const adopted = {
  'partition-2.json': emptyFile,
  '.almanac/partition-2.json': { version: 1, topicId: 'B', epochs: [] },
  'archive/A/partition-2.json': oldFile,
}

test('adoptTopic archives a file from elsewhere, whose topic nobody knows, as unknown', async (t) => {
  const folder = await makeFolder(t, oldFile)
  const line = adoptTopic(open(t, folder), 'B')
  const [archived] = readdirSync(join(folder, 'archive'))
  assert.match(archived!, /^unknown-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/)
  assert.deepEqual(readJson(folder, 'archive', archived!, 'partition-2.json'), oldFile)
  assert.deepEqual(readJson(folder, 'partition-2.json'), emptyFile)
  assert.ok(line?.endsWith(`is now archive/${archived}/partition-2.json.`), line)
})

test('adoptTopic keeps the file that is in the archive already', async (t) => {
  const folder = await makeFolder(t, { ...oldFile, offset: 5000 }, { topicId: 'A', epochs: [] })
  mkdirSync(join(folder, 'archive/A'), { recursive: true })
  writeFileSync(join(folder, 'archive/A/partition-2.json'), JSON.stringify(oldFile))
  adoptTopic(open(t, folder), 'B')
  assert.deepEqual(contents(folder), adopted)
})

test('a topic after a topic each goes to its own folder of the archive', async (t) => {
  const folder = await makeFolder(t, oldFile, { topicId: 'A', epochs: [] })
  const owned = open(t, folder)
  adoptTopic(owned, 'B')
  owned.checkpoint.offset = 7
  writePartition(owned)
  adoptTopic(owned, 'C')
  assert.deepEqual(contents(folder), {
    ...adopted,
    '.almanac/partition-2.json': { version: 1, topicId: 'C', epochs: [] },
    'archive/B/partition-2.json': { partition: 2, offset: 7 },
  })
})

test('isOldTopic knows a topic whose results are archived, and not the one being kept', async (t) => {
  const owned = open(t, await makeFolder(t, oldFile, { topicId: 'A', epochs: [] }))
  assert.deepEqual(
    ['A', 'B'].map((id) => isOldTopic(owned, id)),
    [false, false],
  )
  adoptTopic(owned, 'B')
  assert.deepEqual(
    ['A', 'B', 'C'].map((id) => isOldTopic(owned, id)),
    [true, false, false],
  )
})

test('openPartition asked to rebuild archives the file under the time, damaged or not, and begins at 0', async (t) => {
  for (const text of [JSON.stringify(oldFile), '{"partition": 2, "offs', '']) {
    const folder = await makeFolder(t, undefined, { topicId: 'A', epochs: [[1, 0]] })
    writeFileSync(join(folder, 'partition-2.json'), text)
    const owned = openPartition(monthlyStats, folder, 2, true)
    t.after(owned.lock.release)
    const [archived] = readdirSync(join(folder, 'archive'))
    assert.match(archived!, /^rebuild-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/)
    assert.equal(owned.archivedAs, join(folder, 'archive', archived!, 'partition-2.json'))
    assert.equal(readFileSync(owned.archivedAs, 'utf8'), text)
    assert.deepEqual(readJson(folder, 'partition-2.json'), emptyFile)
    assert.deepEqual(owned.memory, { topicId: 'A', epochs: [] })
    assert.equal(adoptTopic(owned, 'A'), undefined)
  }
})

test('adoptTopic cut short by SIGKILL before any of its calls to the file system is finished by the next start', async (t) => {
  const start = await makeFolder(t, oldFile, { topicId: 'A', epochs: [[1, 0]] })
  let calls = 0
  for (let isDone = false; !isDone; calls++) {
    const folder = await temporaryFolder(t)
    cpSync(start, folder, { recursive: true })
    const { ended } = await startScript(t, adoptAndDie(folder, calls))
    const { signal, stdout, stderr } = await ended
    assert.equal(stderr, '')
    isDone = signal === null
    assert.equal(stdout, isDone ? 'done' : '')
    const left = contents(folder)
    const file = left['partition-2.json']!
    if ('offset' in file && file.offset === 0)
      assert.deepEqual(left['archive/A/partition-2.json'], oldFile, `call ${calls}`)
    else assert.deepEqual(file, oldFile)
    const memory = left['.almanac/partition-2.json']!
    if ('topicId' in memory && memory.topicId === 'B') assert.deepEqual(file, emptyFile, `call ${calls}`)
    openOnce(folder, (owned) => adoptTopic(owned, 'B'))
    assert.deepEqual(contents(folder), adopted, `call ${calls}`)
    assert.deepEqual(globSync(['*.tmp', '.almanac/*.tmp'], { cwd: folder }), [], `call ${calls}`)
  }
  t.diagnostic(`${calls - 1} calls`)
  assert.ok(calls > 15, `${calls}`)
})

/** A script that adopts topic B and kills itself before the file system's n-th call, counted from 0. */
function adoptAndDie(folder: string, n: number): string {
  return `import { adoptTopic, openPartition } from ${libraryModule('engine/owned-partition.ts')}
import { monthlyStats } from ${libraryModule('stats/monthly-stats.ts')}
  const owned = openPartition(monthlyStats, ${JSON.stringify(folder)}, 2)
  let left = ${n}
  ${watchFileCalls(`() => { if (left-- === 0) process.kill(process.pid, 'SIGKILL') }`)}
  adoptTopic(owned, 'B')
  process.stdout.write('done')`
}

test('each step of adoptTopic is durable before the next', {
  skip: !existsSync('/proc/self/fd') && 'needs /proc',
}, async (t) => {
  const folder = await makeFolder(t, oldFile, { topicId: 'A', epochs: [] })
  const script = `import { adoptTopic, openPartition } from ${libraryModule('engine/owned-partition.ts')}
import { monthlyStats } from ${libraryModule('stats/monthly-stats.ts')}
  const owned = openPartition(monthlyStats, ${JSON.stringify(folder)}, 2)
  ${watchFileCalls(describeCall(folder))}
  adoptTopic(owned, 'B')`
  const { stdout, stderr } = await (await startScript(t, script)).ended
  assert.equal(stderr, '')
  assert.deepEqual(stdout.split('\n').filter(Boolean), [
    'mkdir archive/A',
    'link archive/A/partition-2.json',
    'fsync archive/A',
    'fsync archive',
    'fsync ',
    'fsync partition-2.json.tmp',
    'rename partition-2.json',
    'fsync ',
    'fsync .almanac/partition-2.json.tmp',
    'rename .almanac/partition-2.json',
    'fsync .almanac',
  ])
})

/** An expression for `watchFileCalls`: prints what is synced, and the last path of the rest but opening, writing, closing. */
function describeCall(folder: string): string {
  return `(name, parameters) => {
    if (/open|write|close/.test(name)) return
    const path = name === 'fsyncSync' ? fs.readlinkSync('/proc/self/fd/' + parameters[0]) : parameters.filter((value) => typeof value === 'string').at(-1)
    console.log(name.replace('Sync', ''), path.slice(${folder.length + 1}))
  }`
}

/** Counts days of January 1990 in a partition of topic A, as a consumer does that begins with the next record. */
function countJanuary(owned: ReturnType<typeof open>, days: readonly number[]): void {
  for (const day of days.slice(owned.checkpoint.offset)) {
    addDay(monthTable(owned.checkpoint, 'January'), 1990, day, 20)
    owned.checkpoint.offset++
  }
}

const gapOf = ({ checkpoint }: { checkpoint: Checkpoint }) =>
  longestGap(monthTable(checkpoint, 'January'), 1990, 1)

test('writePartition writes which days are missing before the file that misses them, and only when they are new', async (t) => {
  const owned = open(t, await makeFolder(t, undefined, { topicId: 'A', epochs: [] }))
  const writes: [object, object][] = []
  const check = owned.lock.check
  owned.lock.check = () => {
    writes.push([readJson(owned.memoryPath).supplement, readJson(owned.path).offset])
    check()
  }
  const days = [1, 2, 3, 9, 10]
  for (const end of [3, 4, 5]) {
    countJanuary(owned, days.slice(0, end))
    writePartition(owned)
  }
  const missing = { January: { 1990: [4, 5, 6, 7, 8] } }
  // The file; the memory and the file; the file: what stood there right before each rename.
  assert.deepEqual(writes, [
    [undefined, 0],
    [undefined, 3],
    [missing, 3],
    [missing, 4],
  ])
})

test('a consumer killed before any call to the file system knows, started again, which days are missing', async (t) => {
  const days = [1, 2, 9, 31]
  let calls = 0
  for (let isDone = false; !isDone; calls++) {
    const folder = await makeFolder(t, undefined, { topicId: 'A', epochs: [] })
    const script = `import { openPartition, writePartition } from ${libraryModule('engine/owned-partition.ts')}
import { monthlyStats } from ${libraryModule('stats/monthly-stats.ts')}
import { monthTable } from ${libraryModule('stats/checkpoint.ts')}
import { addDay } from ${libraryModule('stats/stats.ts')}
  const owned = openPartition(monthlyStats, ${JSON.stringify(folder)}, 2)
  let left = ${calls}
  ${watchFileCalls(`() => { if (left-- === 0) process.kill(process.pid, 'SIGKILL') }`)}
  for (const day of ${JSON.stringify(days)}) {
    addDay(monthTable(owned.checkpoint, 'January'), 1990, day, 20)
    owned.checkpoint.offset++
    writePartition(owned)
  }
  process.stdout.write('done')`
    const { signal, stderr } = await (await startScript(t, script)).ended
    assert.equal(stderr, '')
    isDone = signal === null
    // What a reader sees who keeps no partition, and what the next start makes of it.
    const file = monthlyStats.parse(readFileSync(join(folder, 'partition-2.json'), 'utf8'), 2, '')
    monthlyStats.recall!(file, readJson(folder, '.almanac/partition-2.json').supplement)
    if (file.offset > 0) assert.equal(gapOf({ checkpoint: file }), longestRun(days.slice(0, file.offset)))
    openOnce(folder, (owned) => {
      assert.equal(owned.checkpoint.offset, file.offset)
      countJanuary(owned, days)
      writePartition(owned)
      assert.equal(gapOf(owned), longestRun(days), `call ${calls}`)
    })
    openOnce(folder, (owned) => assert.equal(gapOf(owned), longestRun(days), `call ${calls}`))
  }
  assert.ok(calls > 40, `${calls}`)
})

/** The longest run of days of January that are not among these. */
function longestRun(days: readonly number[]): number {
  const ends = [0, ...days, 32]
  return Math.max(...ends.slice(1).map((day, index) => day - ends[index]! - 1))
}

for (const [what, begin] of [
  ['the topic is created anew', (owned: ReturnType<typeof open>) => adoptTopic(owned, 'B')],
  [
    'the file is gone',
    (_: ReturnType<typeof open>, folder: string) => rmSync(join(folder, 'partition-2.json')),
  ],
] as const) {
  test(`the missing days of before are forgotten when ${what}`, async (t) => {
    const folder = await makeFolder(t, undefined, { topicId: 'A', epochs: [] })
    openOnce(folder, (owned) => {
      countJanuary(owned, [1, 9])
      writePartition(owned)
      begin(owned, folder)
    })
    openOnce(folder, (owned) => {
      assert.equal(owned.checkpoint.offset, 0)
      countJanuary(owned, [1, 2, 3, 4, 5])
      addDay(monthTable(owned.checkpoint, 'January'), 1991, 1, 20)
      addDay(monthTable(owned.checkpoint, 'January'), 1991, 3, 20)
      owned.checkpoint.offset += 2
      writePartition(owned)
    })
    assert.deepEqual(readJson(folder, '.almanac/partition-2.json').supplement, { January: { 1991: [2] } })
  })
}

test('of a file from elsewhere it is not known which days are missing; counted again from the log, it is', async (t) => {
  const days = [1, 2, 3, 9, 10, 11]
  const [here, there] = [await makeFolder(t, undefined, { topicId: 'A', epochs: [] }), await makeFolder(t)]
  openOnce(here, (owned) => {
    countJanuary(owned, days)
    writePartition(owned)
  })
  cpSync(join(here, 'partition-2.json'), join(there, 'partition-2.json'))
  openOnce(there, (owned) => {
    assert.equal(gapOf(owned), undefined)
    adoptTopic(owned, 'A')
    countJanuary(owned, days)
    writePartition(owned)
    assert.equal(gapOf(owned), 20)
  })
  const kept = { January: { 1990: [4, 5, 6, 7, 8] } }
  assert.deepEqual(readJson(there, '.almanac/partition-2.json').supplement, kept)
  // The file put back as it was earlier, or a memory of less: the numbers tell.
  openOnce(here, (owned) => {
    countJanuary(owned, [...days, 20])
    writePartition(owned)
  })
  cpSync(join(there, 'partition-2.json'), join(here, 'partition-2.json'))
  openOnce(here, (owned) => assert.equal(gapOf(owned), 20))
})
