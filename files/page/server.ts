import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import { OperatingError } from '../lib/core/program.ts'
import type { Years } from '../lib/weather/source.ts'
import { safetyHeaders, sendText } from './answer.ts'
import { createEventStreams } from './event-streams.ts'
import { openLivePage } from './live-page.ts'
import { type LogAccess, noLog } from './log-access.ts'
import { createRoutes } from './routes.ts'
import { notShared, type Sharing } from './sharing.ts'

/** Where to serve the page from, and to whom; and the reference period to hold the months against. Port 0 is any free one. */
export type PageOptions = {
  folder: string
  host: string
  port: number
  normals?: Years | undefined
  /** The way to the log; without one there is no evidence and no time travel. */
  log?: LogAccess
  /** Whose pages may use this one; nobody's unless given. */
  sharing?: Sharing
}

/** The page, served. */
export type PageServer = { address: string; port: number; close: () => Promise<void> }

// A request has neither a body nor long headers, and comes at once: whatever does not is broken off.
const limits = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 5000,
  connectionsCheckingInterval: 1000,
}
const idleMs = 60_000
const connectionsMax = 1000

/**
 * Serves the live page of a folder of partition files, read-only.
 *
 * @throws OperatingError when the address cannot be used
 */
export async function servePage(options: PageOptions): Promise<PageServer> {
  const { folder, host, port, normals, log = noLog, sharing = notShared } = options
  const page = openLivePage(folder, normals, log, () => streams.send())
  const streams = createEventStreams(page.view)
  const answer = createRoutes(folder, page, streams, { log, sharing })
  const server = createServer({ ...limits, keepAliveTimeout: 5000 }, (request, response) => {
    for (const [name, value] of Object.entries(safetyHeaders)) response.setHeader(name, value)
    if (isRefused(request, response, host, sharing.hosts)) return
    answer(request, response)
  })
  server.maxConnections = connectionsMax
  server.timeout = idleMs
  const close = async () => {
    page.close()
    log.close()
    streams.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  try {
    await listen(server, host, port)
  } catch (cause) {
    page.close()
    log.close()
    streams.close()
    throw cannotListen(host, port, cause as NodeJS.ErrnoException)
  }
  const used = (server.address() as AddressInfo).port
  return { address: `http://${urlHost(host)}:${used}/`, port: used, close }
}

/** Refuses what is no reader's request: other methods, bodies, and pages of others that had their name point here. */
function isRefused(
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
  others: readonly string[],
): boolean {
  const { method, headers } = request
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    response.setHeader('Connection', 'close')
    sendText(request, response, 405, 'The page is read-only: GET and HEAD.')
    return true
  }
  if (isOurHost(headers.host ?? '', host, others)) return false
  sendText(
    request,
    response,
    421,
    'This page answers to the names of this machine, and to those in --host and --allow-host.',
  )
  return true
}

/**
 * Whether a Host header is one of ours: a loopback name, the name in `--host`, one of `others`, or, when all addresses are listened on,
 * any address. Only names can be made to point here by others, addresses cannot. The port is not looked at: a container's is
 * mapped.
 */
export function isOurHost(header: string, host: string, others: readonly string[] = []): boolean {
  const name = /^(\[[\da-fA-F:.]+\]|[^:[\]]+)(:\d{1,5})?$/.exec(header)?.[1]?.toLowerCase()
  if (!name) return false
  if (['localhost', '127.0.0.1', '[::1]', host.toLowerCase(), `[${host.toLowerCase()}]`].includes(name))
    return true
  if (others.includes(name)) return true
  return isWildcard(host) && isIP(name.replace(/^\[|\]$/g, '')) > 0
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function urlHost(host: string): string {
  if (isWildcard(host)) return '127.0.0.1'
  return isIP(host) === 6 ? `[${host}]` : host
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): OperatingError {
  const why =
    cause.code === 'EADDRINUSE'
      ? `Port ${port} of ${host} is taken: another program listens there. Choose another with --port`
      : `Cannot listen on port ${port} of ${host} (${cause.message}). Choose others with --host and --port`
  return new OperatingError(`${why}.`, { cause })
}
