import assert from 'node:assert/strict'
import test from 'node:test'
import { type Clock, startPace } from '../../../files/lib/core/pace.ts'

/** A clock that stands still but for sleeping, late by `lateMs` each time, and what the test adds. */
function handClock(lateMs = 0): Clock & { ms: number } {
  const clock = {
    ms: 1000,
    now: () => clock.ms,
    sleep: async (ms: number) => {
      clock.ms += ms + lateMs
    },
  }
  return clock
}

test('startPace lets the first call through at once and the next ones a delay apart', async (t) => {
  const clock = handClock()
  const beat = startPace(100, t.signal, clock)
  const times: number[] = []
  for (let call = 0; call < 4; call++) {
    await beat()
    times.push(clock.ms)
  }
  assert.deepEqual(times, [1000, 1100, 1200, 1300])
})

test('startPace counts the time between two calls into the delay', async (t) => {
  const clock = handClock()
  const beat = startPace(100, t.signal, clock)
  await beat()
  clock.ms += 60
  await beat()
  assert.equal(clock.ms, 1100)
})

test('startPace does not add up the lateness of timers', async (t) => {
  const clock = handClock(1)
  const beat = startPace(10, t.signal, clock)
  for (let call = 0; call <= 100; call++) await beat()
  assert.equal(clock.ms, 1000 + 100 * 10 + 1)
})

test('startPace gives no burst after a stall', async (t) => {
  const clock = handClock()
  const beat = startPace(100, t.signal, clock)
  await beat()
  clock.ms += 5000
  const times: number[] = []
  for (let call = 0; call < 3; call++) {
    await beat()
    times.push(clock.ms)
  }
  assert.deepEqual(times, [6000, 6100, 6200])
})

test('startPace never waits when the delay is 0', async (t) => {
  const clock = handClock()
  const beat = startPace(0, t.signal, clock)
  for (let call = 0; call < 1000; call++) await beat()
  assert.equal(clock.ms, 1000)
})

test('startPace ends its wait when the signal aborts', async () => {
  const stop = new AbortController()
  const beat = startPace(60_000, stop.signal)
  await beat()
  const waiting = beat()
  stop.abort()
  await assert.rejects(waiting, { name: 'AbortError' })
  await assert.rejects(beat(), { name: 'AbortError' })
})
