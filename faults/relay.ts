import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCorrelationId, readRequestHead } from './produce-frames.ts'

/** What goes wrong between clients and broker, until it is healed; a reset and a lost acknowledgement befall one response. */
export type Trouble =
  | { kind: 'none' | 'refuse' | 'black-hole' | 'drop-ack' }
  /** `skip`: how many responses pass before the one that is cut in half. */
  | { kind: 'reset'; skip?: number }
  | { kind: 'delay'; ms: number }
  | { kind: 'throttle'; bytesPerSecond: number }

/** What all connections through a proxy share. */
export type RelayState = {
  brokerPort: number
  onProduced: (request: Buffer, response: Buffer) => void
  trouble: Trouble
  /** Resolves when the present trouble is over. */
  over: PromiseWithResolvers<void>
  hits: number
  pending: number
  sockets: Set<Socket>
}

/** One client's connection, and the produce requests on it that are not answered, by their number. */
type Link = { client: Socket; broker: Socket; produce: Map<number, Buffer>; isCut: boolean }

/** Connects a client to the broker and passes on frames both ways, for as long as both are there. */
export function relay(state: RelayState, client: Socket): void {
  const broker = connect(state.brokerPort, '127.0.0.1')
  const link: Link = { client, broker, produce: new Map(), isCut: false }
  for (const socket of [client, broker]) {
    state.sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {}) // A 'close' follows; the other is ended by its pump.
    socket.once('close', () => state.sockets.delete(socket))
  }
  broker.once('close', () => {
    state.pending -= link.produce.size
    link.produce.clear()
  })
  pump(state, client, broker, (frame) => passRequest(state, link, frame))
  pump(state, broker, client, (frame) => passResponse(state, link, frame))
}

/** Passes on frame by frame, in order, what comes from one side; what its sender sent before it died still arrives. */
async function pump(
  state: RelayState,
  from: Socket,
  to: Socket,
  pass: (frame: Buffer) => boolean,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE()) {
        const frame = rest.subarray(0, 4 + rest.readInt32BE())
        rest = rest.subarray(frame.length)
        if (pass(frame)) await write(state, to, frame)
      }
    }
  } catch (error) {
    // The sender was cut off: nothing is left to pass on.
    if (!(error as NodeJS.ErrnoException).code) throw error
  }
  to.end()
}

/** Puts a frame on its way; the troubles that only cost time are in here. */
async function write(state: RelayState, to: Socket, frame: Buffer): Promise<void> {
  while (state.trouble.kind === 'black-hole') await hit(state, state.over.promise)
  const { trouble } = state
  if (trouble.kind === 'delay') await hit(state, sleep(trouble.ms))
  if (trouble.kind !== 'throttle') return void to.write(frame)
  const step = Math.max(Math.ceil(trouble.bytesPerSecond / 20), 1)
  for (let at = 0; at < frame.length; at += step) {
    to.write(frame.subarray(at, at + step))
    if (state.trouble === trouble) await hit(state, sleep(50))
  }
}

function hit(state: RelayState, passing: Promise<void>): Promise<void> {
  state.hits++
  return passing
}

function passRequest(state: RelayState, { broker, produce }: Link, frame: Buffer): boolean {
  const { isProduce, correlationId } = readRequestHead(frame)
  if (isProduce && !broker.destroyed) {
    state.pending++
    produce.set(correlationId, Buffer.from(frame))
  }
  return true
}

/** Shows the answer of a produce request to the observer, and cuts the connection if it is this one's turn. */
function passResponse(state: RelayState, link: Link, frame: Buffer): boolean {
  const { client, broker, produce } = link
  if (link.isCut) return false // Nothing comes after half a response.
  const id = readCorrelationId(frame)
  const request = produce.get(id)
  if (request) {
    produce.delete(id)
    state.pending--
    state.onProduced(request, frame)
  }
  const { trouble } = state
  const { kind } = trouble
  if (state.hits > 0 || !(kind === 'reset' || (kind === 'drop-ack' && request))) return true
  if (kind === 'reset' && trouble.skip) {
    trouble.skip--
    return true
  }
  state.hits++
  link.isCut = true
  const half = frame.subarray(0, Math.ceil(frame.length / 2))
  if (kind === 'reset') client.write(half, () => client.resetAndDestroy())
  else client.resetAndDestroy()
  broker.destroy()
  return false
}
