/*
 * Loaded before a program that is measured (`node --import`): notes when it sends its first fetch request, by looking at
 * what it writes to sockets, and when its last partition file was durable, and prints that at its end with its peak
 * memory. The program itself knows nothing of it.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import { peakBytes } from '../test/support/peak-bytes.ts'

/** What is printed, as a line of JSON. Times are in milliseconds since 1970. */
export type Observed = {
  /** When the first fetch request was sent; null without one. */
  firstFetchAt: number | null
  /** When a partition file was last renamed and its folder synced; null when none was written. */
  lastDurableAt: number | null
  /** When the program had nothing left to do. */
  endedAt: number
  /** Peak of its resident memory. */
  peakMegabytes: number
}

// A request: its size in four bytes, then its kind.
const kindAt = 4
const fetchKey = 1
const now = () => performance.timeOrigin + performance.now()
let firstFetchAt: number | null = null
let lastDurableAt: number | null = null

const write = Socket.prototype.write
Socket.prototype.write = function (this: Socket, chunk: unknown, ...rest: never[]) {
  const isFetch =
    Buffer.isBuffer(chunk) && chunk.length > kindAt + 2 && chunk.readInt16BE(kindAt) === fetchKey
  if (isFetch && firstFetchAt === null) firstFetchAt = now()
  return write.call(this, chunk as Buffer, ...rest)
} as typeof write

const { renameSync, fsyncSync } = fs
let isRenamed = false
fs.renameSync = (from, to) => {
  renameSync(from, to)
  isRenamed ||= /partition-\d\.json$/.test(String(to))
}
// After a rename it is the folder that is synced next.
fs.fsyncSync = (file) => {
  fsyncSync(file)
  if (isRenamed) lastDurableAt = now()
  isRenamed = false
}
syncBuiltinESMExports()

process.on('exit', () => {
  const times = { firstFetchAt, lastDurableAt, endedAt: now() }
  const observed: Observed = { ...times, peakMegabytes: peakBytes() / 1e6 }
  fs.writeSync(1, `${JSON.stringify(observed)}\n`)
})
