import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { OperatingError } from '../../files/lib/core/program.ts'
import { type Job, supervise } from '../../pipeline/supervise.ts'
import { startChild } from '../../processes/child.ts'
import { waitFor } from '../support/wait-for.ts'

/** Supervises shell scripts, the nth start the nth of them; the last one is used for all that follow. */
async function superviseShell(t: TestContext, scripts: (string | Error)[], more: Partial<Job> = {}) {
  const said: string[] = []
  let starts = 0
  const start = async () => {
    const script = scripts[Math.min(starts++, scripts.length - 1)]!
    if (script instanceof Error) throw script
    const child = await startChild({ command: 'sh', args: ['-c', script] })
    t.after(child.kill)
    return { ...child, stop: () => child.stop(1000) }
  }
  const supervised = await supervise({
    name: 'job',
    start,
    ...more,
    say: (line) => said.push(line.replace(/pid \d+/, 'pid')),
  })
  return { supervised, said, starts: () => starts }
}

test('supervise starts again what dies, ever later, and stops it for good', async (t) => {
  const { supervised, said, starts } = await superviseShell(t, ['exit 5', 'kill -KILL $$', 'sleep 30'])
  await waitFor('the third start', () => said.length === 5)
  assert.equal(starts(), 3)
  await supervised.stop()
  await supervised.ended
  assert.deepEqual(said, [
    'job: started (pid).',
    'job: ended with exit code 5; starting it again in 0.5 s.',
    'job: started again (pid).',
    'job: ended by SIGKILL; starting it again in 1 s.',
    'job: started again (pid).',
    'job: stopped.',
  ])
})

test('supervise waits no longer each time where the wait is to be steady', async (t) => {
  const { supervised, said } = await superviseShell(t, ['exit 5', 'exit 6', 'sleep 30'], { steadyWaitMs: 50 })
  await waitFor('the third start', () => said.length === 5)
  assert.deepEqual(
    said.filter((line) => line.includes('ended')),
    [5, 6].map((code) => `job: ended with exit code ${code}; starting it again in 0.05 s.`),
  )
  await supervised.stop()
})

test('supervise tells of a start that fails and tries again', async (t) => {
  const { supervised, said } = await superviseShell(t, ['exit 5', new OperatingError('no room'), 'sleep 30'])
  await waitFor('the third start', () => said.at(-1) === 'job: started again (pid).')
  assert.equal(said[2], 'job: no room')
  await supervised.stop()
})

test('supervise passes on what the first start throws', async (t) => {
  await assert.rejects(superviseShell(t, [new OperatingError('no room')]), { message: 'no room' })
})

test('supervise takes exit code 0 twice for the end of the work of what may finish', async (t) => {
  const { supervised, said } = await superviseShell(t, ['exit 0'], { mayFinish: true })
  await supervised.ended
  assert.deepEqual(said.slice(1), [
    'job: ended with exit code 0; starting it again in 0.5 s.',
    'job: started again (pid).',
    'job: finished.',
  ])
})

test('supervise starts again what may not finish, however often it ends with 0', async (t) => {
  const { supervised, starts } = await superviseShell(t, ['exit 0', 'exit 0', 'sleep 30'])
  await waitFor('the third start', () => starts() === 3)
  await supervised.stop()
})

test('supervise gives up a process that refuses its settings', async (t) => {
  const { supervised, starts } = await superviseShell(t, ['exit 2'])
  await assert.rejects(supervised.ended, {
    name: 'OperatingError',
    message: /exited with a usage error \(code 2\)/,
  })
  assert.equal(starts(), 1)
  await supervised.stop()
})

test('supervise stops while it waits to start again', async (t) => {
  const { supervised, said, starts } = await superviseShell(t, ['exit 5'])
  await waitFor('the end', () => said.length === 2)
  await supervised.stop()
  assert.equal(starts(), 1)
})
