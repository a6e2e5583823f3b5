import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { OperatingError, UsageError } from '../../../files/lib/core/program.ts'
import { startNpm } from '../../support/program.ts'
import { libraryModule, startScript } from '../../support/run-script.ts'
import { waitFor } from '../../support/wait-for.ts'

/** Starts a program whose main function has this body, with `signal` at hand. */
function startMain(t: TestContext, body: string) {
  return startScript(
    t,
    `import { setTimeout as sleep } from 'node:timers/promises'
    import { Answer, OperatingError, run, UsageError } from ${libraryModule('core/program.ts')}
    await run(async (signal) => { ${body} })`,
  )
}

async function runMain(t: TestContext, body: string) {
  return (await startMain(t, body)).ended
}

test('a program that returns ends with exit code 0', async (t) => {
  assert.deepEqual(await runMain(t, `console.log('done')`), {
    code: 0,
    signal: null,
    stdout: 'done\n',
    stderr: '',
  })
})

test('an OperatingError prints as its message alone, exit code 1', async (t) => {
  const body = `throw new OperatingError('the disk is full', { cause: new Error('ENOSPC') })`
  assert.deepEqual(await runMain(t, body), {
    code: 1,
    signal: null,
    stdout: '',
    stderr: 'the disk is full\n',
  })
})

test('foreign text in a message does not act on the terminal', async (t) => {
  const body = `throw new OperatingError('x.json: the key is \\x1b[2J\\u202e\\x9b\\nTry again.')`
  const { stderr } = await runMain(t, body)
  assert.equal(stderr, 'x.json: the key is \\u001b[2J\\u202e\\u009b\nTry again.\n')
})

test('a UsageError prints as its message alone, exit code 2', async (t) => {
  const body = `throw new UsageError('usage: ...')`
  assert.deepEqual(await runMain(t, body), { code: 2, signal: null, stdout: '', stderr: 'usage: ...\n' })
})

test('an Answer prints on standard output, exit code 0', async (t) => {
  const body = `throw new Answer('Usage: ...')`
  assert.deepEqual(await runMain(t, body), { code: 0, signal: null, stdout: 'Usage: ...\n', stderr: '' })
})

test('any other error prints with its stack, exit code 1', async (t) => {
  for (const body of [
    `throw new TypeError('a defect')`,
    `undefined.property`,
    `await Promise.reject(new RangeError('a defect'))`,
  ]) {
    const { code, stderr } = await runMain(t, body)
    assert.equal(code, 1)
    assert.match(stderr, /^(Type|Range)Error: .+\n +at /)
  }
})

test('UsageError is an OperatingError', () => {
  assert.ok(new UsageError('x') instanceof OperatingError)
  assert.deepEqual([new UsageError('x').name, new OperatingError('x').name], ['UsageError', 'OperatingError'])
})

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${name} aborts the signal and is a clean stop`, async (t) => {
    const body = `console.log('ready'); await sleep(60_000, undefined, { signal }).catch((error) => { console.log('stopping'); throw error })`
    const { child, stdout, ended } = await startMain(t, body)
    await waitFor('the program to be ready', stdout)
    child.kill(name)
    assert.deepEqual(await ended, { code: 0, signal: null, stdout: 'ready\nstopping\n', stderr: '' })
  })
}

test('a program may end in its own time after a signal, without throwing', async (t) => {
  const { child, stdout, ended } = await startMain(
    t,
    `console.log('ready'); while (!signal.aborted) await sleep(5); console.log('flushed')`,
  )
  await waitFor('the program to be ready', stdout)
  child.kill('SIGTERM')
  assert.deepEqual(await ended, { code: 0, signal: null, stdout: 'ready\nflushed\n', stderr: '' })
})

test('an error while stopping is still a failure', async (t) => {
  const { child, stdout, ended } = await startMain(
    t,
    `console.log('ready'); while (!signal.aborted) await sleep(5); throw new OperatingError('not flushed')`,
  )
  await waitFor('the program to be ready', stdout)
  child.kill('SIGTERM')
  assert.deepEqual(await ended, { code: 1, signal: null, stdout: 'ready\n', stderr: 'not flushed\n' })
})

test('an AbortError without a signal is a failure', async (t) => {
  const { code, stderr } = await runMain(t, `AbortSignal.abort().throwIfAborted()`)
  assert.equal(code, 1)
  assert.match(stderr, /AbortError/)
})

const neverStops = `signal.addEventListener('abort', () => console.log('aborted')); console.log('ready'); await sleep(60_000)`

test('a later signal ends a program that does not stop', async (t) => {
  const { child, stdout, ended } = await startMain(t, neverStops)
  await waitFor('the program to be ready', stdout)
  child.kill('SIGINT')
  await waitFor('the first signal to arrive', () => stdout().includes('aborted'))
  await waitFor('the end', () => {
    child.kill('SIGINT')
    return child.signalCode
  })
  assert.equal((await ended).signal, 'SIGINT')
})

test('a signal that comes twice, as by Ctrl-C under npm, is one request', async (t) => {
  const body = `console.log('ready'); while (!signal.aborted) await sleep(5); console.log('stopping'); await new Promise((go) => process.stdin.once('data', go)); console.log('flushed'); process.stdin.destroy()`
  const { child, stdout, ended } = await startMain(t, body)
  await waitFor('the program to be ready', stdout)
  child.kill('SIGINT')
  await waitFor('the first signal to arrive', () => stdout().includes('stopping'))
  child.kill('SIGINT')
  child.stdin?.write('go on\n')
  assert.deepEqual(await ended, { code: 0, signal: null, stdout: 'ready\nstopping\nflushed\n', stderr: '' })
})

test('a program that npx runs stops when SIGTERM ends npx and its shell', async (t) => {
  const npx = startNpm(t, ['exec', '--', 'node', 'files/dashboard.ts', '--port', '0'])
  const address = /http:\S+/
  const [page] = await waitFor('the page', () => address.exec(npx.stdout()))
  assert.equal((await fetch(page)).status, 200)
  npx.child.kill('SIGTERM')
  const isGone = () =>
    fetch(page).then(
      () => false,
      () => true,
    )
  await waitFor('the page to be gone', isGone)
  await npx.ended
  assert.equal(npx.stderr(), '')
})

test('a reader that goes away ends the program quietly with exit code 0', async (t) => {
  const body = `console.log('ready'); for (;;) { console.log('x'.repeat(10_000)); await sleep(1) }`
  const { child, stdout, ended } = await startMain(t, body)
  await waitFor('the program to be ready', stdout)
  child.stdout?.destroy()
  const { code, signal, stderr } = await ended
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' })
})
