import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Child, type ChildOptions, startChild } from '../../processes/child.ts'
import { runChild } from '../../processes/run-child.ts'
import { waitFor } from '../support/wait-for.ts'

async function startShell(
  t: TestContext,
  script: string,
  options: Partial<ChildOptions> = {},
): Promise<Child> {
  const child = await startChild({ command: 'sh', args: ['-c', script], ...options })
  t.after(child.kill)
  return child
}

test('stop asks by SIGTERM first', async (t) => {
  const child = await startShell(
    t,
    'trap "echo asked; exit 7" TERM; echo ready; while :; do sleep 0.05; done',
  )
  await waitFor('the trap', () => child.tail().includes('ready'))
  assert.deepEqual(await child.stop(10_000), { code: 7, signal: null })
  assert.deepEqual(child.tail(), ['ready', 'asked'])
})

test('stop kills a child that does not heed SIGTERM within its grace', async (t) => {
  const child = await startShell(t, 'trap "" TERM; echo ready; while :; do sleep 0.05; done')
  await waitFor('the trap', () => child.tail().includes('ready'))
  assert.deepEqual(await child.stop(50), { code: null, signal: 'SIGKILL' })
})

test('stop and kill of a child that has ended say how it ended', async (t) => {
  const child = await startShell(t, 'exit 3')
  await child.exited
  assert.deepEqual(await child.stop(10), { code: 3, signal: null })
  assert.deepEqual(await child.kill(), { code: 3, signal: null })
})

test('a child has ended although a child of its own still holds its output', async (t) => {
  const child = await startShell(t, 'sleep 600 & echo $!')
  assert.deepEqual(await child.exited, { code: 0, signal: null })
  // Fails where its child has ended too.
  process.kill(Number(child.tail()[0]), 'SIGKILL')
})

test('a child hands its lines on whole, with their stream, the last one unended', async (t) => {
  const seen: string[] = []
  const child = await startShell(t, 'printf "a"; sleep 0.1; printf "b\\nc"; echo d >&2', {
    onLine: (line, stream) => seen.push(`${stream}: ${line}`),
  })
  await child.exited
  assert.deepEqual(seen.sort(), ['stderr: d', 'stdout: ab', 'stdout: c'])
})

test('the tail of a child is its last 200 lines', async () => {
  const { lines } = await runChild({ command: 'seq', args: ['1000'] })
  assert.deepEqual([lines.length, lines.at(0), lines.at(-1)], [200, '801', '1000'])
})

test('runChild ends the child when its signal aborts, and throws the reason', async () => {
  const run = runChild({ command: 'sleep', args: ['30'] }, AbortSignal.timeout(50))
  await assert.rejects(run, { name: 'TimeoutError' })
  await assert.rejects(runChild({ command: 'sleep', args: ['30'] }, AbortSignal.abort()), {
    name: 'AbortError',
  })
})

test('a child is in no process group of ours, so that a Ctrl-C reaches us alone', async (t) => {
  const child = await startShell(t, 'sleep 30')
  assert.equal(process.kill(-child.pid, 0), true)
})

test('notices of a child arrive in order before it has ended; a child of whom none are wanted has no channel', async (t) => {
  const script = "for (let i = 0; i < 100; i++) process.send({ kind: 'days sent', days: i, seconds: 0 })"
  const notices: unknown[] = []
  const node = { command: process.execPath, args: ['--eval', script] }
  const told = await startChild({ ...node, onNotice: (notice) => notices.push(notice) })
  t.after(told.kill)
  assert.deepEqual(await told.exited, { code: 0, signal: null })
  const expected = Array.from({ length: 100 }, (_, i) => ({ kind: 'days sent', days: i, seconds: 0 }))
  assert.deepEqual(notices, expected)
  const alone = await runChild({
    ...node,
    args: ['--eval', 'console.log(process.connected, process.env.NODE_CHANNEL_FD)'],
  })
  assert.deepEqual(alone.lines, ['undefined undefined'])
})
