import type { ServerResponse } from 'node:http'
import type { Unit } from './unit.ts'
import type { View } from './view.ts'

/** Readers who are told, by server-sent events, which fragments have changed. */
export type EventStreams = {
  /** Answers with a stream of events; false when there are too many of them already. */
  add: (response: ServerResponse, unit: Unit, since: string) => boolean
  /** Tells each reader what has changed since they were told last. */
  send: () => void
  close: () => void
}

type Stream = { response: ServerResponse; unit: Unit; since: string }

const streamsMax = 400
const pingMs = 15_000
// Whoever does not read what is sent is sent no more until they have: they are told of everything then.
const unreadBytesMax = 4096

export function createEventStreams(view: (unit: Unit) => View): EventStreams {
  const streams = new Set<Stream>()
  const send = () => {
    const views = new Map<Unit, View>()
    for (const stream of streams) {
      const current = views.get(stream.unit) ?? view(stream.unit)
      views.set(stream.unit, current)
      tell(stream, current)
    }
  }
  const pings = setInterval(() => {
    for (const { response } of streams) if (response.writableLength < unreadBytesMax) response.write(':\n\n')
  }, pingMs)
  const add = (response: ServerResponse, unit: Unit, since: string) => {
    if (streams.size >= streamsMax) return false
    const stream = { response, unit, since }
    streams.add(stream)
    response.once('close', () => streams.delete(stream))
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write('retry: 1000\n\n')
    tell(stream, view(unit))
    return true
  }
  const close = () => {
    clearInterval(pings)
    for (const { response } of streams) response.end()
  }
  return { add, send, close }
}

function tell(stream: Stream, { version, changedSince }: View): void {
  if (stream.response.writableLength >= unreadBytesMax || stream.since === version) return
  const names = changedSince(stream.since)
  stream.since = version
  if (names.length === 0) return
  stream.response.write(`id: ${version}\nevent: changed\ndata: ${names.join(' ')}\n\n`)
}
