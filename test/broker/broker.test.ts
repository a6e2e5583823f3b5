import assert from 'node:assert/strict'
import { chmod, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { answersMetadata } from '../../broker/ready.ts'
import { cacheFolder } from '../../files/lib/core/cache-folder.ts'
import { findCommand } from '../../processes/find-command.ts'
import { runProgram, startNpm, startProgram, temporaryFolder } from '../support/program.ts'
import { waitFor } from '../support/wait-for.ts'

const program = '../broker/broker.ts'

/** Starts the program on any port and waits for its ready line. */
async function startReady(
  t: TestContext,
  start = (args: readonly string[]) => startProgram(t, program, args),
) {
  const broker = start(['--port', '0', '--directory', await temporaryFolder(t)])
  const line =
    /^Broker ready at 127\.0\.0\.1:(\d+) after (\d+) ms \(Kafka 4\.3\.1, pid (\d+), data in .*\)\.\n$/
  const ready = await waitFor('the ready line', () => line.exec(broker.stdout()), 60_000)
  return { broker, port: Number(ready[1]), jvm: Number(ready[3]) }
}

/** A folder for PATH that holds only the commands named, and those of every Linux. */
async function pathWith(t: TestContext, commands: string[]): Promise<string> {
  const folder = await temporaryFolder(t)
  for (const name of ['setpriv', 'flock', 'sh', ...commands]) {
    const path = findCommand(name)
    if (path) await symlink(path, join(folder, name))
  }
  return folder
}

async function isGone(pid: number): Promise<boolean> {
  // A zombie has ended; only its parent, which may be slow, has not asked yet.
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return state === '' || /\) [ZX]/.test(state)
}

test('broker.ts says where it is ready, and stops in good order at each of its signals', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const { broker, port, jvm } = await startReady(t)
    assert.equal(await answersMetadata('127.0.0.1', port), true)
    broker.child.kill(signal)
    assert.deepEqual(await broker.ended, { code: 0, signal: null }, signal)
    assert.equal(await isGone(jvm), true)
    assert.equal(broker.stderr(), '')
  }
})

test('npm run broker stops in good order when npm is asked to', async (t) => {
  const { broker, jvm } = await startReady(t, (args) => startNpm(t, ['run', 'broker', '--', ...args]))
  broker.child.kill('SIGTERM')
  await waitFor('the JVM to end', () => isGone(jvm))
  assert.deepEqual(await broker.ended, { code: 0, signal: null })
  assert.equal(broker.stderr(), '')
})

test('broker.ts ends at once at a second signal, and its JVM with it', async (t) => {
  const { broker, jvm } = await startReady(t)
  process.kill(jvm, 'SIGSTOP') // So that the first signal's stop cannot come to its end.
  broker.child.kill('SIGINT')
  await waitFor('the end', () => {
    broker.child.kill('SIGINT')
    return broker.child.signalCode
  })
  assert.deepEqual(await broker.ended, { code: null, signal: 'SIGINT' })
  await waitFor('the JVM to end', () => isGone(jvm))
})

test('the JVM ends when broker.ts is killed', async (t) => {
  const { broker, jvm } = await startReady(t)
  broker.child.kill('SIGKILL')
  await broker.ended
  await waitFor('the JVM to end', () => isGone(jvm))
})

test('broker.ts ends with exit code 1 when its JVM dies', async (t) => {
  const { broker, jvm } = await startReady(t)
  process.kill(jvm, 'SIGKILL')
  assert.deepEqual(await broker.ended, { code: 1, signal: null })
  assert.match(broker.stderr(), /the broker's JVM was ended by SIGKILL\. From its log:\n {2}\d\d:/)
})

test('broker.ts refuses arguments that make no sense with exit code 2', async (t) => {
  for (const args of [
    ['--port', '65536'],
    ['--port', 'http'],
    ['--prot', '1'],
    ['9092'],
    ['--heap', 'much'],
  ]) {
    const { code, stderr } = await runProgram(t, program, [...args, '--directory', await temporaryFolder(t)])
    assert.equal(code, 2, args.join(' '))
    assert.ok(stderr.includes(args.at(-1)!) || stderr.includes(args[0]!), stderr)
    assert.doesNotMatch(stderr, /^ {4}at /m)
  }
})

test('broker.ts says in one message that Java is missing, or too old', async (t) => {
  const directory = await temporaryFolder(t)
  const bin = await pathWith(t, [])
  const environment = { PATH: bin, JAVA_HOME: '' }
  const missing = await runProgram(t, program, ['--port', '0', '--directory', directory], environment)
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /^The broker needs Java: none on PATH.*Install Java 17 or newer.*\n$/)

  await writeFile(join(bin, 'java'), `#!/bin/sh\necho 'openjdk version "11.0.2" 2019-01-15' >&2\n`)
  await chmod(join(bin, 'java'), 0o755)
  const old = await runProgram(t, program, ['--port', '0', '--directory', directory], environment)
  assert.equal(old.code, 1)
  assert.match(old.stderr, /^The broker needs Java 17 or newer: .*java is version 11\. Install .*\n$/)
})

test('broker.ts says what Maven said when it fails, and leaves nothing in the cache', async (t) => {
  const cache = join(await temporaryFolder(t), 'cache')
  const bin = await pathWith(t, ['java'])
  const environment = { PATH: bin, ALMANAC_CACHE: cache }
  const args = ['--port', '0', '--directory', await temporaryFolder(t)]
  const missing = await runProgram(t, program, args, environment)
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /^The broker needs Maven once, to fetch Kafka: no mvn on PATH\..*\n$/)

  await writeFile(join(bin, 'mvn'), '#!/bin/sh\necho "[ERROR] Unknown host repo.example"\nexit 3\n')
  await chmod(join(bin, 'mvn'), 0o755)
  const failing = await runProgram(t, program, args, environment)
  assert.equal(failing.code, 1)
  assert.match(
    failing.stderr,
    /Maven could not fetch Kafka's jars \(exit code 3\).*\n {2}\[ERROR\] Unknown host/,
  )
  for (const folder of await readdir(cache)) assert.deepEqual(await readdir(join(cache, folder)), [])
})

test('broker.ts --check tells by its exit code whether a broker answers', async (t) => {
  const [, port] = process.env.TEST_KAFKA!.split(':')
  const { code } = await runProgram(t, program, ['--check', '--port', port!])
  assert.equal(code, 0)
  assert.equal((await runProgram(t, program, ['--check', '--port', '1'])).code, 1)
})

test('a broker starts in folders with letters beyond ASCII, in a locale that knows none', async (t) => {
  const folder = await temporaryFolder(t)
  const [directory, cache] = [join(folder, 'Mühle-α'), join(folder, 'größe')]
  // The jars and all that was made of them, under another path.
  await symlink(cacheFolder(), cache)
  const environment = { ALMANAC_CACHE: cache, LC_ALL: 'POSIX', LANG: '', LC_CTYPE: '' }
  const broker = startProgram(t, program, ['--port', '0', '--directory', directory], environment)
  await waitFor('the ready line', () => broker.stdout().includes('Broker ready at'))
  broker.child.kill('SIGTERM')
  assert.equal((await broker.ended).code, 0, broker.stderr())
})
