/*
 * Loaded before a program that is measured (`node --import`): notes when it sends its first fetch request, by looking at
 * what it writes to sockets, and prints that at its end with its peak memory. The program itself knows nothing of it.
 */
import { writeSync } from 'node:fs'
import { Socket } from 'node:net'

/** What is printed, as a line of JSON. */
export type Observed = {
  /** When the first fetch request was sent, in milliseconds since 1970; null without one. */
  firstFetchAt: number | null
  /** When the program had nothing left to do, in milliseconds since 1970. */
  endedAt: number
  /** Peak of its resident memory. */
  peakMegabytes: number
}

// A request: its size in four bytes, then its kind.
const kindAt = 4
const fetchKey = 1
const now = () => performance.timeOrigin + performance.now()
let firstFetchAt: number | null = null

const write = Socket.prototype.write
Socket.prototype.write = function (this: Socket, chunk: unknown, ...rest: never[]) {
  const isFetch =
    Buffer.isBuffer(chunk) && chunk.length > kindAt + 2 && chunk.readInt16BE(kindAt) === fetchKey
  if (isFetch && firstFetchAt === null) firstFetchAt = now()
  return write.call(this, chunk as Buffer, ...rest)
} as typeof write
process.on('exit', () => {
  const observed: Observed = {
    firstFetchAt,
    endedAt: now(),
    peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
  }
  writeSync(1, `${JSON.stringify(observed)}\n`)
})
