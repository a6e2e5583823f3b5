import { EventEmitter } from 'node:events'
import type { OnReadOpts } from 'node:net'
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import type { Trace } from './trace.ts'

/** What listens at an address of the network. */
export type Listener = {
  readonly name: string
  readonly port: number
  readonly isUp: boolean
  /** Takes bytes that a client has sent; answers by `connection.answer`. */
  receive: (connection: Connection, bytes: Buffer) => void
}

/** What is in the way between clients and a broker, for a while. */
export type Obstacle = {
  port: number
  /** The name of a program; undefined for all of them. */
  client: string | undefined
  /** Slow: a message takes up to half a second. Black hole: what is sent arrives once it is gone. */
  kind: 'slow' | 'black hole' | 'loses answers'
  /** When it is gone. */
  until: number
}

const slowMsMax = 500
const resendMs = 200

/** One end of a connection as a program has it: a net.Socket, as far as the programs use it. */
export class SimulatedSocket extends EventEmitter {
  readonly process: SimulatedProcess
  readonly #onread: OnReadOpts
  readonly #connection: Connection
  #isDestroyed = false

  constructor(process: SimulatedProcess, onread: OnReadOpts, connection: Connection) {
    super()
    this.process = process
    this.#onread = onread
    this.#connection = connection
    process.sockets.add(this)
  }

  write(bytes: Buffer): boolean {
    this.process.expectAlive()
    if (!this.#isDestroyed) this.#connection.send(Buffer.from(bytes))
    return true
  }

  /** Closes it from this side; tells so by `close`, as Node does, not before the caller has gone on. */
  destroy(error?: Error): this {
    if (this.#isDestroyed) return this
    this.#isDestroyed = true
    this.#connection.close()
    const { process } = this
    const tell = () => {
      process.sockets.delete(this)
      if (error) this.emit('error', error)
      this.emit('close', error !== undefined)
    }
    if (!process.hasEnded) process.clock.after(0, tell, process)
    return this
  }

  /** What the kernel does with it when its process ends. */
  drop(): void {
    this.#isDestroyed = true
    this.process.sockets.delete(this)
    this.#connection.close()
  }

  /** Takes bytes that have arrived, piece by piece as the program has room for them. */
  receive(bytes: Buffer): void {
    const { buffer, callback } = this.#onread
    for (let at = 0; at < bytes.length && !this.#isDestroyed; ) {
      const room = (typeof buffer === 'function' ? buffer() : buffer) as Buffer
      const count = bytes.copy(room, 0, at)
      at += count
      callback(count, room)
    }
  }
}

/** A connection between a program and a broker. */
export class Connection {
  readonly client: SimulatedProcess
  readonly listener: Listener
  isOpen = false
  /** What the broker has got of the requests, and whether it is at work on one. */
  received = Buffer.alloc(0)
  isBusy = false
  readonly #network: Network
  #socket: SimulatedSocket | undefined
  // Nothing overtakes: when the last of what was sent each way arrives.
  #lastRequest = 0
  #lastAnswer = 0

  constructor(network: Network, client: SimulatedProcess, listener: Listener) {
    this.#network = network
    this.client = client
    this.listener = listener
  }

  set socket(socket: SimulatedSocket) {
    this.#socket = socket
  }

  /** From the program to the broker. */
  send(bytes: Buffer): void {
    const { clock } = this.#network
    const at = Math.max(this.#network.arrival(this), this.#lastRequest)
    this.#lastRequest = at
    clock.after(at - clock.now, () => this.isOpen && this.listener.receive(this, bytes))
  }

  /** From the broker to the program, in pieces. */
  answer(bytes: Buffer): void {
    const { clock, random } = this.#network
    const isLost = this.#network.losesAnswer(this)
    const pieces = isLost || random.chance(0.1) ? split(bytes, random) : [bytes]
    for (const piece of isLost ? pieces.slice(0, random.whole(0, 1)) : pieces) {
      const at = Math.max(this.#network.arrival(this), this.#lastAnswer)
      this.#lastAnswer = at
      clock.after(at - clock.now, () => this.isOpen && this.#socket?.receive(piece), this.client)
    }
    if (isLost) clock.after(this.#lastAnswer - clock.now, () => this.isOpen && this.reset())
  }

  /** Cuts it: the program gets a reset. */
  reset(): void {
    this.#end('ECONNRESET', 'read ECONNRESET')
  }

  refuse(): void {
    this.#end('ECONNREFUSED', `connect ECONNREFUSED 127.0.0.1:${this.listener.port}`)
  }

  /** Closed by the program, or by its end. */
  close(): void {
    this.isOpen = false
    this.#network.connections.delete(this)
  }

  #end(code: string, message: string): void {
    this.close()
    const socket = this.#socket
    const tell = () => socket?.destroy(Object.assign(new Error(message), { code }))
    if (!this.client.hasEnded) this.#network.clock.after(0, tell, this.client)
  }
}

/** Connects programs with brokers, by ways that may be slow, broken, or swallow what is sent. */
export class Network {
  readonly clock: Clock
  readonly random: Random
  readonly connections = new Set<Connection>()
  readonly obstacles = new Set<Obstacle>()
  readonly #listeners = new Map<number, Listener>()
  readonly #trace: Trace

  constructor(clock: Clock, random: Random, trace: Trace) {
    this.clock = clock
    this.random = random
    this.#trace = trace
  }

  listen(listener: Listener): void {
    this.#listeners.set(listener.port, listener)
  }

  connect(
    process: SimulatedProcess,
    { port, onread }: { port: number; onread: OnReadOpts },
  ): SimulatedSocket {
    const listener = this.#listeners.get(port)
    if (!listener) throw new Error(`Nothing ever listens at port ${port}`)
    const connection = new Connection(this, process, listener)
    const socket = new SimulatedSocket(process, onread, connection)
    connection.socket = socket
    this.connections.add(connection)
    const open = () => {
      if (!this.connections.has(connection)) return
      // What is sent into a black hole is sent again, until somebody is there.
      if (this.#meets(connection, 'black hole')) this.clock.after(resendMs, open, process)
      else if (!listener.isUp) connection.refuse()
      else {
        connection.isOpen = true
        socket.emit('connect')
      }
    }
    this.clock.after(this.random.between(0.1, 1), open, process)
    return socket
  }

  /** Cuts all connections to a broker, or those of one program. */
  cut(port: number, client?: string): void {
    for (const connection of [...this.connections])
      if (connection.listener.port === port && (!client || connection.client.name === client))
        connection.reset()
  }

  /** When what is sent now arrives. */
  arrival(connection: Connection): number {
    let at = this.clock.now + this.random.between(0.05, 1)
    for (const { kind, until } of this.#obstaclesOf(connection)) {
      if (kind === 'slow') at += this.random.between(20, slowMsMax)
      if (kind === 'black hole') at = Math.max(at, until + this.random.between(0, resendMs))
    }
    return at
  }

  /** Whether an answer gets lost: the broker has done what it was asked to, and the program gets a reset. */
  losesAnswer(connection: Connection): boolean {
    if (!this.#meets(connection, 'loses answers') || !this.random.chance(0.3)) return false
    this.#trace.note('network', `an answer to ${connection.client.name} is lost`)
    return true
  }

  #meets(connection: Connection, kind: Obstacle['kind']): boolean {
    return this.#obstaclesOf(connection).some((obstacle) => obstacle.kind === kind)
  }

  #obstaclesOf({ client, listener }: Connection): Obstacle[] {
    if (this.obstacles.size === 0) return []
    return [...this.obstacles].filter(
      (obstacle) => obstacle.port === listener.port && (!obstacle.client || obstacle.client === client.name),
    )
  }
}

function split(bytes: Buffer, random: Random): Buffer[] {
  const at = random.whole(1, Math.max(bytes.length - 1, 1))
  return [bytes.subarray(0, at), bytes.subarray(at)]
}
