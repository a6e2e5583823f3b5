import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Exit } from '../processes/child.ts'
import { openFolder, withoutRights } from './support/nobody.ts'
import { type RunningProgram, startNpm, startProgram, temporaryFolder } from './support/program.ts'
import { waitFor } from './support/wait-for.ts'

type Start = (args: readonly string[], environment: Record<string, string>) => RunningProgram

async function startAll(
  t: TestContext,
  environment: Record<string, string> = {},
  more: string[] = [],
  start: Start = startProgram.bind(undefined, t, '../start.ts'),
) {
  const folder = await temporaryFolder(t)
  const pagePort = more.includes('--page-port') ? [] : ['--page-port', '0']
  // A test that sends days for itself sees them from the first one on.
  const headStart = more.some((arg) => arg.startsWith('--head-start') || arg === '--observations')
  const pace = headStart ? [] : ['--head-start', '0']
  const args = ['--port', '0', ...pagePort, ...pace, '--directory', join(folder, 'kafka'), ...more]
  const data = join(folder, 'data')
  const program = start(args, {
    AUTOGRADER_DELAY_OVERRIDE_VAL: '0.01',
    DATA_DIR: data,
    ...environment,
  })
  return { program, data, seen: (line: RegExp) => waitForLine(program.stdout, line) }
}

/** Waits for output that matches, and returns the pid in it. */
async function waitForLine(output: () => string, line: RegExp): Promise<number> {
  const found = await waitFor(`output like ${line}`, () => line.exec(output()), 60_000).catch((cause) => {
    throw new Error(`no output like ${line} in:\n${output()}`, { cause })
  })
  return Number(found[1])
}

async function offset(data: string, partition: number): Promise<number> {
  return JSON.parse(await readFile(join(data, `partition-${partition}.json`), 'utf8')).offset
}

/** All processes whose parent is this one. A process that is not there has none. */
async function children(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.trim().split(' ').filter(Boolean).map(Number)
}

/** What was stopped, in this order. */
function stopped(output: string): string[] {
  return [...output.matchAll(/^(\w+)[ \d]*: stopped\.$/gm)].map(([, name]) => name!)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('start.ts starts killed children again, counts on, and stops all in order at SIGINT', async (t) => {
  const { program, data, seen } = await startAll(t)
  const page = await seen(/^The page: http:\/\/127\.0\.0\.1:(\d+)\//m)
  assert.match(program.stdout(), /^The page: /)
  const consumer = await seen(/^consumer 0 2: started \(pid (\d+)\)/m)
  const producer = await seen(/^producer: started \(pid (\d+)\)/m)
  const jvm = await seen(/^broker: started \(pid (\d+)\)/m)
  await waitFor('January to be counted', async () => (await offset(data, 2)) > 20, 60_000)

  const shown = await fetch(`http://127.0.0.1:${page}/`)
  assert.match(await shown.text(), /January 1990/)

  process.kill(consumer, 'SIGKILL')
  process.kill(producer, 'SIGKILL')
  await seen(/^consumer 0 2: ended by SIGKILL; starting it again in 0\.5 s\.$/m)
  const consumerAgain = await seen(/^consumer 0 2: started again \(pid (\d+)\)/m)
  const producerAgain = await seen(/^producer: started again \(pid (\d+)\)/m)
  await seen(/^producer: Appending after .*1990-/m)
  const before = await offset(data, 3)
  await waitFor('May to be counted', async () => (await offset(data, 3)) > before + 10, 60_000)
  const { January } = JSON.parse(await readFile(join(data, 'partition-2.json'), 'utf8'))
  assert.deepEqual([January[1990].count, January[1990].end], [31, '1990-01-31'])
  await waitFor('the chart', () => readFile(join(data, 'month.svg'), 'utf8'))

  const all = await children(program.child.pid!)
  for (const pid of [jvm, consumerAgain, producerAgain]) assert.ok(all.includes(pid))
  program.child.kill('SIGINT')
  assert.deepEqual(await program.ended, { code: 0, signal: null })
  assert.equal(program.stderr(), '')
  assert.deepEqual(stopped(program.stdout()), ['producer', 'consumer', 'consumer', 'page', 'broker'])
  assert.deepEqual(all.filter(isRunning), [])
})

test('start.ts has thirty years on the page soon, holds them against the log, and shows the records behind them', async (t) => {
  const { program, seen } = await startAll(t, {}, ['--head-start=30'])
  const port = await seen(/^The page: http:\/\/127\.0\.0\.1:(\d+)\//m)
  const page = async (path = '') => (await fetch(`http://127.0.0.1:${port}/${path}`)).text()
  await seen(/^producer: Sent a head start of (\d+) records, the days before 2020-01-01\./m)
  const html = await waitFor(
    'the proof',
    async () => {
      const text = await page()
      const isFull = /All [\d,]+ numbers agree with the log/.test(text) && text.includes('id="y2019"')
      return isFull ? text : undefined
    },
    60_000,
  )
  // Count, sum and average of each month of thirty years, and of those since.
  const numbers = Number(/All ([\d,]+) numbers/.exec(html)![1]!.replace(',', ''))
  assert.ok(numbers % 3 === 0 && numbers > 0, `${numbers}`)
  const { agrees, file } = JSON.parse(await page('evidence/July/2010'))
  assert.deepEqual([agrees, file.count], [true, 31])
  assert.match(await page('?at=2005-06-30'), /as it was when 2005-06-30 was the newest day/)
  program.child.kill('SIGINT')
  assert.deepEqual(await program.ended, { code: 0, signal: null })
  assert.equal(program.stderr(), '')
})

test('start.ts replays a station and follows its file, also after its producer was killed', async (t) => {
  const file = join(await temporaryFolder(t), 'station.csv')
  await writeFile(file, 'date,tmax_f\n2024-01-30,10\n2024-01-31,11\n')
  const station = ['--observations', file, '--name', 'Here, by the lake', '--normals', '1991-2020']
  const { program, data, seen } = await startAll(t, {}, station)
  const page = await seen(/^The page: http:\/\/127\.0\.0\.1:(\d+)\//m)
  const producer = await seen(/^producer: started \(pid (\d+)\)/m)
  await waitFor('January to be counted', async () => (await offset(data, 2).catch(() => 0)) === 2, 60_000)
  await appendFile(file, '2024-02-01,12\n')
  await waitFor('February to be counted', async () => (await offset(data, 1)) === 1, 60_000)
  process.kill(producer, 'SIGKILL')
  await seen(/^producer: Appending after .*2024-02-01/m)
  await appendFile(file, '2024-02-02,13\n')
  await waitFor('a day more to be counted', async () => (await offset(data, 1)) === 2, 60_000)
  assert.deepEqual([await offset(data, 2), await offset(data, 1)], [2, 2])
  const html = () => fetch(`http://127.0.0.1:${page}/`).then((answer) => answer.text())
  await waitFor('the name on the page', async () =>
    (await html()).includes('<h1 id="heading">Here, by the lake<'),
  )
  assert.match(await html(), /Normals of 1991 to 2020/)
  program.child.kill('SIGINT')
  assert.deepEqual(await program.ended, { code: 0, signal: null })
})

test('start.ts leaves nothing running when it is killed', async (t) => {
  const { program, seen } = await startAll(t)
  await seen(/^producer: started \(pid (\d+)\)/m)
  const all = await children(program.child.pid!)
  assert.ok(all.length >= 4)
  program.child.kill('SIGKILL')
  await program.ended
  await waitFor('its children to end', () => all.every((pid) => !isRunning(pid)))
})

test('start.ts says why the page refuses its settings, and starts nothing else', async (t) => {
  const { program } = await startAll(t, { TOPIC: 'not a topic' })
  assert.deepEqual(await program.ended, { code: 1, signal: null })
  assert.equal(program.stderr(), 'The page could not start; see above.\n')
  assert.match(program.stdout(), /^page: TOPIC is 'not a topic'/)
  assert.doesNotMatch(program.stdout(), /started/)
})

/** All processes below this one. */
async function descendants(pid: number): Promise<number[]> {
  const below = await children(pid)
  return [...below, ...(await Promise.all(below.map(descendants))).flat()]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** What ends `npm start`, and the exit that npm then has. */
const npmEndings: Record<string, { end: (npm: number, below: readonly number[]) => void; exit: Exit }> = {
  'SIGTERM to npm': { end: (npm) => process.kill(npm, 'SIGTERM'), exit: { code: 0, signal: null } },
  'Ctrl-C, which a terminal sends to each of them and npm once more,': {
    end: (npm) => process.kill(-npm, 'SIGINT'),
    exit: { code: 0, signal: null },
  },
  'SIGTERM to each process, as systemd sends it,': {
    end: (npm, below) => {
      // One that checked the numbers, or drew the chart, may have ended by itself.
      for (const pid of [npm, ...below].filter(isRunning)) process.kill(pid, 'SIGTERM')
    },
    exit: { code: 0, signal: null },
  },
  'SIGHUP to npm': {
    end: (npm) => process.kill(npm, 'SIGHUP'),
    exit: { code: null, signal: 'SIGHUP' },
  },
  'SIGKILL to npm': {
    end: (npm) => process.kill(npm, 'SIGKILL'),
    exit: { code: null, signal: 'SIGKILL' },
  },
}

for (const [what, { end, exit }] of Object.entries(npmEndings)) {
  test(`${what} stops all that npm start has started, in order`, async (t) => {
    const start: Start = (args, environment) => startNpm(t, ['start', '--', ...args], environment)
    const { program, seen } = await startAll(t, {}, [], start)
    const page = await seen(/^The page: http:\/\/127\.0\.0\.1:(\d+)\//m)
    const broker = await seen(/^Broker ready at 127\.0\.0\.1:(\d+)/m)
    await seen(/^producer: started \(pid (\d+)\)/m)
    const all = await descendants(program.child.pid!)
    assert.ok(all.length >= 6)
    end(program.child.pid!, all)
    await waitFor('all to be gone', () => all.every((pid) => !isRunning(pid)))
    assert.deepEqual(await program.ended, exit)
    assert.deepEqual(stopped(program.stdout()), ['producer', 'consumer', 'consumer', 'page', 'broker'])
    assert.equal(program.stderr(), '')
    assert.deepEqual(await Promise.all([page, broker].map(isFree)), [true, true])
  })
}

test('start.ts refuses arguments that make no sense with exit code 2', async (t) => {
  const program = startProgram(t, '../start.ts', ['--port', 'none'])
  assert.deepEqual(await program.ended, { code: 2, signal: null })
  assert.match(program.stderr(), /--port is 'none'.*\nUsage: npm start/)
})

test('start.ts --chaos kills consumers and says that all numbers agree with the log, on the page too', async (t) => {
  const { program, data, seen } = await startAll(t, {}, ['--chaos'])
  const page = await seen(/^The page: http:\/\/127\.0\.0\.1:(\d+)\//m)
  await seen(/^consumer \d \d: ended by SIGKILL; starting it again in 0\.05 s\.$/m)
  const words =
    /([1-9]\d*) kills? survived, live again after [\d,]+ ms \(.*?\), all [1-9][\d,]* numbers agree with the log/
  await seen(new RegExp(`^${words.source}; .* records/s; offsets`, 'm'))
  const shown = await (await fetch(`http://127.0.0.1:${page}/`)).text()
  assert.match(shown, new RegExp(`Consumers are killed on purpose:</b> ${words.source}`))
  program.child.kill('SIGINT')
  assert.deepEqual(await program.ended, { code: 0, signal: null })
  assert.ok(!existsSync(join(data, '.almanac/chaos.json')))
})

test('start.ts names its own option for a page port that is taken', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { program } = await startAll(t, {}, ['--page-port', String(port)])
  assert.deepEqual(await program.ended, { code: 1, signal: null })
  assert.equal(
    program.stderr(),
    `Port ${port} of 127.0.0.1 is taken: another program listens there. Stop it, or choose another port with --page-port.\n`,
  )
})

/** Names folders that cannot be made. */
async function makeUnfit(t: TestContext) {
  const parent = await openFolder(t)
  const file = join(parent, 'file')
  await writeFile(file, '')
  const readOnly = join(parent, 'read-only')
  await mkdir(readOnly, { mode: 0o555 })
  return {
    'a file': file,
    'below a file': join(file, 'data'),
    'in a read-only folder': join(readOnly, 'data'),
  }
}

test('start.ts says in one line that the folder of its results cannot be made', async (t) => {
  for (const [where, folder] of Object.entries(await makeUnfit(t))) {
    const { program } = await startAll(t, { ...withoutRights, DATA_DIR: folder })
    assert.deepEqual(await program.ended, { code: 1, signal: null }, where)
    const message =
      /^(\S+): cannot be made \(E\w+: .*\)\. Make the folder, or name another with DATA_DIR\.\n$/
    assert.equal(message.exec(program.stderr())?.[1], folder, program.stderr())
    assert.equal(program.stdout(), '')
  }
})
