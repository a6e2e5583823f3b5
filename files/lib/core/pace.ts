import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds from a fixed moment on, never going back: `performance.now`. */
export type Clock = { now: () => number; sleep: (ms: number, signal: AbortSignal) => Promise<unknown> }

/** A pace of sending: what to await before each send, and how many days it may have; undefined for as many as go well. */
export type Pace = { beat: () => Promise<void>; daysPerBeat: number | undefined }

const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}

/**
 * Makes a metronome: each call of the function returned waits for the next beat, the first one being now.
 *
 * What happens between two calls counts into the delay. A beat that was missed is not made up for: after a stall the next
 * one comes at once and those after it a delay apart.
 *
 * @param delayMs from one beat to the next; 0 waits for nothing
 * @returns a function that throws the signal's reason, as an AbortError, once `signal` aborts
 */
export function startPace(delayMs: number, signal: AbortSignal, clock: Clock = systemClock) {
  let beat = clock.now()
  return async (): Promise<void> => {
    signal.throwIfAborted()
    const waitMs = beat - clock.now()
    if (waitMs > 0) await clock.sleep(waitMs, signal)
    // Timers are late by a part of a millisecond: counted from the beat, such delays do not add up.
    const lateMs = clock.now() - beat
    beat = lateMs > delayMs ? clock.now() + delayMs : beat + delayMs
  }
}
