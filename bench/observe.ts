/*
 * Loaded before a program that is measured (`node --import`): notes when it sends its first fetch request, as its Kafka
 * client tells on a diagnostics channel, and prints that at its end with its peak memory. The program itself knows
 * nothing of it.
 */
import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'

/** What is printed, as a line of JSON. */
export type Observed = {
  /** When the first fetch request was sent, in milliseconds since 1970; null without one. */
  firstFetchAt: number | null
  /** When the program had nothing left to do, in milliseconds since 1970. */
  endedAt: number
  /** Peak of its resident memory. */
  peakMegabytes: number
}

const fetchKey = 1
const now = () => performance.timeOrigin + performance.now()
let firstFetchAt: number | null = null

subscribe('tracing:plt:kafka:connections:api:start', (request) => {
  if ((request as { apiKey: number }).apiKey === fetchKey) firstFetchAt ??= now()
})
process.on('exit', () => {
  const observed: Observed = {
    firstFetchAt,
    endedAt: now(),
    peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
  }
  writeSync(1, `${JSON.stringify(observed)}\n`)
})
