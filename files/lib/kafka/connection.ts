import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type Address, addressOf } from '../core/address.ts'
import { OperatingError } from '../core/program.ts'
import type { BrokerSettings } from '../core/settings.ts'
import { type Api, type Exchange, errorName, type VersionRange } from './api.ts'
import { NetworkError } from './network-error.ts'
import { adviceOnRefusal, refused } from './refusal.ts'
import { expectRequests, readingRequests } from './required-requests.ts'
import { RequestWriter, ResponseReader } from './wire.ts'

/** How to reach brokers, and how long to wait for them. */
export type ConnectionOptions = {
  settings: BrokerSettings
  /** Names the client in the broker's logs and quotas. */
  clientId: string
  /** Where the bytes of responses go; into memory of their own by default. */
  buffers?: ResponseBuffers
  requestTimeoutMs?: number
}

/** A request that was sent: who waits for its response. */
type InFlight = { correlationId: number; resolve: (response: Buffer) => void; reject: (error: Error) => void }

// "Within 5 s every program says that a broker does not answer": a connection that is not there by then will not come.
const connectTimeoutMs = 4000
const requestTimeoutMsUsual = 10_000
/** Largest response that is read: bounds memory, whatever comes from the other side. */
const responseBytesMax = 256 * 1024 * 1024
const shortestResponse = 4

/**
 * A connection to one broker: it opens by itself, agrees with the broker on versions, and authenticates.
 *
 * The kernel writes each response straight into the buffer where it stays (`onread`): nothing is copied or put together.
 * Responses come in the order of the requests. Any trouble closes the connection for good: its owner makes another.
 */
export class Connection {
  readonly address: Address
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #ready: Promise<void>
  #versions: ReadonlyMap<number, VersionRange> = new Map()
  #isOpen = false
  #inFlight: InFlight[] = []
  #correlationId = 0
  /** Why the connection is closed; undefined while it is open or opening. */
  #closedBy: Error | undefined
  /** When the broker will end the session of a user who authenticated, by `performance.now()`. */
  #expiresAt = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  readonly #size = Buffer.alloc(4)
  /** The response that is being read; undefined while its size is. */
  #response: Buffer | undefined
  #filled = 0

  constructor(address: Address, options: ConnectionOptions) {
    this.address = address
    this.#options = options
    this.#socket = this.#connect()
    this.#ready = this.#open()
    this.#ready.catch((error: Error) => this.#fail(error))
  }

  /** Whether requests can be sent on it: it is not closed, and its session is not about to end. */
  get isUsable(): boolean {
    return !this.#closedBy && performance.now() < this.#expiresAt
  }

  /**
   * Sends a request at the highest version that both sides know, and reads its response.
   *
   * @throws NetworkError when the connection fails or no response comes in time
   * @throws OperatingError when the broker refuses us, does not offer a version that we know, or sends what is no response
   */
  request<Response>(exchange: Exchange<Response>): Promise<Response> {
    // Without a turn of the event loop once it is open: the request is on its way before the caller goes on.
    return this.#isOpen ? this.#exchange(exchange) : this.#ready.then(() => this.#exchange(exchange))
  }

  /** Closes the connection; requests in flight fail. */
  close(): void {
    this.#fail(new NetworkError('Connection closed by us'))
  }

  async #exchange<Response>({ api, write, read }: Exchange<Response>): Promise<Response> {
    const version = this.#agree(api)
    const body = new RequestWriter()
    write(body, version)
    const response = await this.#send(api.key, version, body.bytes, true)
    return this.#parse(`${api.name} response of version ${version}`, response, (reader) => {
      reader.int32() // the correlation id
      reader.tags()
      return read(reader, version)
    })
  }

  #connect(): Socket {
    const { host, port } = this.address
    const { tls } = this.#options.settings
    const onread = {
      buffer: () => this.#unfilled(),
      callback: (count: number) => {
        this.#receive(count)
        return true
      },
    }
    const options = { host, port, noDelay: true, onread }
    const serverName = isIP(host) ? {} : { servername: host } // Brokers behind one address are told apart by it.
    const socket = tls ? connectTls({ ...options, ...tls, ...serverName }) : connectPlain(options)
    socket.on('error', (cause) => this.#fail(this.#explain(cause)))
    socket.on('close', () => this.#fail(new NetworkError('Connection closed')))
    return socket
  }

  async #open(): Promise<void> {
    const { sasl, tls } = this.#options.settings
    const opened = Promise.withResolvers<void>()
    this.#socket.once(tls ? 'secureConnect' : 'connect', opened.resolve)
    this.#socket.once('close', () => opened.reject(this.#closedBy))
    const timeout = () => this.#fail(new NetworkError(`no connection within ${connectTimeoutMs / 1000} s`))
    const timer = setTimeout(timeout, connectTimeoutMs)
    await opened.promise.finally(() => clearTimeout(timer))
    this.#versions = await this.#askVersions()
    if (sasl) await this.#authenticate(sasl)
    this.#isOpen = true
  }

  async #authenticate(sasl: NonNullable<BrokerSettings['sasl']>): Promise<void> {
    // Loaded only here: the library's SCRAM takes half a second to load.
    const { authenticate } = await import('./sasl.ts')
    try {
      const begin = performance.now()
      const lifetimeMs = await authenticate(this.#send.bind(this), sasl)
      if (lifetimeMs > 0) this.#expiresAt = begin + lifetimeMs * 0.8
    } catch (error) {
      // The library wraps what ended the connection in an error of its own.
      if (this.#closedBy) throw this.#closedBy
      throw refused(this.#servers, error, adviceOnRefusal(error))
    }
  }

  /** Asks which versions of each request the broker knows. @see KIP-35, KIP-511 */
  async #askVersions(): Promise<Map<number, VersionRange>> {
    const [key, version] = [18, 3]
    const body = new RequestWriter().compactString('almanac').compactString('1').noTags()
    const response = await this.#send(key, version, body.bytes, true)
    return this.#parse('ApiVersions response of version 3', response, (reader) => {
      reader.int32() // the correlation id; this response's header never has tags
      const error = reader.int16()
      // A broker that does not know version 3 answers in version 0.
      if (error !== 0)
        throw new OperatingError(
          `${addressOf(this.address)}: the broker answers ApiVersions with ${errorName(error)}. ` +
            'Expected Apache Kafka 3.1 or later.',
        )
      const ranges = reader.compactArray(() => {
        const range = [reader.int16(), [reader.int16(), reader.int16()]] as const
        reader.tags()
        return range
      })
      const versions = new Map<number, VersionRange>(ranges)
      this.#expectReading(versions)
      return versions
    })
  }

  /** Checks that the broker offers what reading takes. */
  #expectReading(versions: ReadonlyMap<number, VersionRange>): void {
    const names = Object.keys(readingRequests) as (keyof typeof readingRequests)[]
    const supported = names.flatMap((name) => {
      const range = versions.get(readingRequests[name])
      return range ? [{ name, maxVersion: range[1] }] : []
    })
    expectRequests(supported, addressOf(this.address), names)
  }

  #agree({ name, key, versions: [lowest, highest] }: Api): number {
    const [offeredLowest, offeredHighest] = this.#versions.get(key) ?? [0, -1]
    const version = Math.min(highest, offeredHighest)
    if (version >= Math.max(lowest, offeredLowest)) return version
    const offered = offeredHighest < 0 ? 'none' : `${offeredLowest} to ${offeredHighest}`
    throw new OperatingError(
      `${addressOf(this.address)}: the broker supports these versions of ${name}: ${offered}. Expected one of ` +
        `${lowest} to ${highest}. Apache Kafka 3.1 and later have one.`,
    )
  }

  #parse<Result>(what: string, response: Buffer, read: (reader: ResponseReader) => Result): Result {
    try {
      return read(new ResponseReader(response))
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      throw new OperatingError(
        `${addressOf(this.address)}: the ${what} cannot be read (${cause.message}). Is this a Kafka broker?`,
        { cause },
      )
    }
  }

  #send(key: number, version: number, body: Uint8Array, hasTags: boolean): Promise<Buffer> {
    if (this.#closedBy) return Promise.reject(this.#closedBy)
    const correlationId = ++this.#correlationId
    const head = new RequestWriter().int16(key).int16(version).int32(correlationId)
    head.string(this.#options.clientId)
    if (hasTags) head.noTags()
    const size = new RequestWriter().int32(head.bytes.length + body.length)
    this.#socket.write(Buffer.concat([size.bytes, head.bytes, body]))
    // The time of those before it runs already: requests to a broker that hangs must not put it off.
    if (this.#inFlight.length === 0) this.#startTimer()
    return new Promise((resolve, reject) => this.#inFlight.push({ correlationId, resolve, reject }))
  }

  #startTimer(): void {
    const { requestTimeoutMs = requestTimeoutMsUsual } = this.#options
    if (this.#timer) this.#timer.refresh()
    else this.#timer = setTimeout(() => this.#checkTimeout(requestTimeoutMs), requestTimeoutMs)
  }

  #checkTimeout(requestTimeoutMs: number): void {
    const [oldest] = this.#inFlight
    const filled = this.#filled
    if (!oldest) return
    // Not before what has arrived was read: after this process was paused, the answer may have been here for long.
    setImmediate(() => {
      if (this.#inFlight[0] !== oldest || this.#filled !== filled) this.#startTimer()
      else this.#fail(new NetworkError(`no response within ${requestTimeoutMs / 1000} s`))
    })
  }

  /** The place of the next bytes to come: never more than what is left of the size or the response. */
  #unfilled(): Buffer {
    return (this.#response ?? this.#size).subarray(this.#filled)
  }

  #receive(count: number): void {
    if (this.#closedBy) return
    this.#filled += count
    // The time runs while nothing comes: a large response may take long on a slow line.
    if (this.#inFlight.length > 0) this.#startTimer()
    if (!this.#response) {
      if (this.#filled === this.#size.length) this.#beginResponse()
    } else if (this.#filled === this.#response.length) this.#endResponse(this.#response)
  }

  #beginResponse(): void {
    const size = this.#size.readUInt32BE()
    const [type, major] = this.#size
    if (!this.#options.settings.tls && type === 0x15 && major === 3) {
      const cause = new Error('Broker requires TLS.') // a TLS alert
      return this.#fail(refused(this.#servers, cause, adviceOnRefusal(cause)))
    }
    if (size < shortestResponse || size > responseBytesMax) {
      return this.#fail(
        new OperatingError(
          `${addressOf(this.address)}: a response of ${size} bytes was announced, expected ${shortestResponse} to ` +
            `${responseBytesMax}. Is this the port of a Kafka broker?`,
        ),
      )
    }
    this.#response = this.#options.buffers?.take(size) ?? Buffer.allocUnsafeSlow(size)
    this.#filled = 0
  }

  #endResponse(response: Buffer): void {
    this.#response = undefined
    this.#filled = 0
    const request = this.#inFlight.shift()
    const correlationId = response.readInt32BE()
    if (request?.correlationId !== correlationId) {
      const expected = request ? `to ${request.correlationId}` : 'to none'
      this.#fail(new NetworkError(`a response to request ${correlationId} came, expected one ${expected}`))
      request?.reject(this.#closedBy!)
      return
    }
    request.resolve(response)
  }

  /** Tells trouble that may pass by itself from a refusal, which no waiting helps. */
  #explain(cause: Error): Error {
    const advice = adviceOnRefusal(cause)
    return advice ? refused(this.#servers, cause, advice) : new NetworkError('Connection failed', { cause })
  }

  get #servers(): string {
    return this.#options.settings.bootstrapBrokers.join(',')
  }

  #fail(error: Error): void {
    if (this.#closedBy) return
    this.#closedBy = error
    clearTimeout(this.#timer)
    this.#socket.destroy()
    for (const { reject } of this.#inFlight.splice(0)) reject(error)
  }
}

/**
 * Two buffers that take turns: one keeps the response that is in use, the other takes the next one. New memory for each
 * response would cost more than reading it.
 */
export class ResponseBuffers {
  readonly #usualBytes: number
  #spare: Buffer | undefined
  #kept: Buffer | undefined

  /** @param usualBytes a larger response gets memory of its own, which is let go of with it */
  constructor(usualBytes: number) {
    this.#usualBytes = usualBytes
  }

  /** Lends the spare buffer, cut to that size, for a response: for as many as it takes until one is kept. */
  take(size: number): Buffer {
    if (size > this.#usualBytes) return Buffer.allocUnsafeSlow(size)
    this.#spare ??= Buffer.allocUnsafeSlow(this.#usualBytes)
    return this.#spare.subarray(0, size)
  }

  /** Keeps the response that came last; the one kept before is written over from now on. */
  keep(): void {
    const older = this.#kept
    this.#kept = this.#spare
    this.#spare = older
  }
}
