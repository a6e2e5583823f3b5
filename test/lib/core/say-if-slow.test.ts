import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sayIfSlow } from '../../../files/lib/core/say-if-slow.ts'

function errorsOf(t: TestContext): string[] {
  const lines: string[] = []
  t.mock.method(console, 'error', (line: string) => lines.push(line))
  return lines
}

test('sayIfSlow is silent about work that is done in time', async (t) => {
  const lines = errorsOf(t)
  assert.equal(await sayIfSlow('It', Promise.resolve(1), 10), 1)
  await sleep(30) // Its timer would have come.
  assert.deepEqual(lines, [])
})

test('sayIfSlow says that work takes long, and that it has come', async (t) => {
  const lines = errorsOf(t)
  assert.equal(await sayIfSlow('It', sleep(100, 1), 10), 1)
  assert.deepEqual(lines, ['It takes longer than 0 s: still trying.', 'It came after 0 s.'])
})

test('sayIfSlow passes on a failure', async (t) => {
  const lines = errorsOf(t)
  await assert.rejects(
    sayIfSlow(
      'It',
      sleep(100).then(() => assert.fail('no')),
      10,
    ),
    { message: 'no' },
  )
  assert.equal(lines.length, 1)
})
