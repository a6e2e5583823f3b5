import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { freePort } from '../broker/ports.ts'
import { type RelayState, relay, type Trouble } from './relay.ts'

/** Stands between clients and a broker, whose advertised address it has. */
export type NetworkProxy = {
  address: string
  /** Begins a trouble in place of the one before. */
  trouble: (trouble: Trouble) => Promise<void>
  /** How many connections, requests or responses the present trouble has befallen. */
  hits: () => number
  connections: () => number
  /** Produce requests that the broker has not answered. */
  pending: () => number
  close: () => Promise<void>
}

const host = '127.0.0.1'

/**
 * Starts a proxy, with no trouble yet.
 *
 * @param brokerPort where the broker listens, on this machine
 * @param onProduced sees each produce request with its response, as soon as the broker has sent that
 */
export async function startProxy(
  brokerPort: number,
  onProduced: RelayState['onProduced'],
): Promise<NetworkProxy> {
  const port = await freePort(host)
  const state: RelayState = {
    ...{ brokerPort, onProduced, trouble: { kind: 'none' }, over: Promise.withResolvers<void>() },
    ...{ hits: 0, pending: 0, sockets: new Set() },
  }
  let server: Server | undefined = await listen(state, port)
  const trouble = async (next: Trouble) => {
    state.trouble = next
    state.hits = 0
    state.over.resolve()
    state.over = Promise.withResolvers()
    if (next.kind !== 'refuse') server ??= await listen(state, port)
    else if (server) await shut(state, server)
    if (next.kind === 'refuse') server = undefined
  }
  const close = async () => {
    await trouble({ kind: 'refuse' })
    state.over.resolve()
  }
  const counts = {
    hits: () => state.hits,
    connections: () => state.sockets.size,
    pending: () => state.pending,
  }
  return { address: `${host}:${port}`, trouble, ...counts, close }
}

async function listen(state: RelayState, port: number): Promise<Server> {
  const server = createServer((client) => relay(state, client)).listen(port, host)
  await once(server, 'listening')
  return server
}

/** Stops listening and cuts off who is connected. */
async function shut(state: RelayState, server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  for (const socket of state.sockets) socket.resetAndDestroy()
  state.hits += state.sockets.size
  await closed
}
