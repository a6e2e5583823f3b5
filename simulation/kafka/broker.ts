import type { Clock } from '../clock.ts'
import type { Connection, Listener } from '../network.ts'
import type { Random } from '../random.ts'
import { answerTo } from './answer.ts'
import { type BrokerSettings, type ClusterView, type PartitionView, replicaKey } from './cluster-view.ts'
import type { Replica } from './replica.ts'

/** An answer that waits for something to happen; `check` sends it when that has come, or `isLate`. */
type Waiting = { check: (isLate: boolean) => boolean }

/** A broker as its clients meet it. The cluster moves its replicas and its view. */
export class Broker implements Listener {
  readonly id: number
  readonly port: number
  readonly settings: BrokerSettings
  isUp = true
  /** Whether the other brokers do not reach it, nor it them. */
  isCutOff = false
  /** Until when it does nothing, stopped by SIGSTOP. */
  hungUntil = 0
  view: ClusterView
  /** By `replicaKey`. */
  readonly replicas = new Map<string, Replica>()
  readonly #clock: Clock
  readonly #random: Random
  readonly #waiting = new Set<Waiting>()

  constructor(id: number, settings: BrokerSettings, view: ClusterView, clock: Clock, random: Random) {
    this.id = id
    this.port = 9090 + id
    this.settings = settings
    this.view = view
    this.#clock = clock
    this.#random = random
  }

  get name(): string {
    return `broker ${this.id}`
  }

  /** The id of a topic, and what it knows of a partition of it. */
  find(topicId: string, partition: number): { view: PartitionView; replica: Replica } | undefined {
    const topic = this.view.topics.values().find(({ id }) => id === topicId)
    const view = topic?.partitions[partition]
    const replica = this.replicas.get(replicaKey(topicId, partition))
    return view && replica && { view, replica }
  }

  /** Takes part of a request, or several: those of one connection are worked on one after the other. */
  receive(connection: Connection, bytes: Buffer): void {
    connection.received = Buffer.concat([connection.received, bytes])
    this.#next(connection)
  }

  /** Something may have changed that an answer waits for. */
  wake(): void {
    for (const waiting of [...this.#waiting]) if (waiting.check(false)) this.#waiting.delete(waiting)
  }

  /** Forgets whom it owes an answer. */
  stop(): void {
    this.isUp = false
    this.#waiting.clear()
  }

  #next(connection: Connection): void {
    const { received } = connection
    if (connection.isBusy || received.length < 4) return
    const size = received.readInt32BE()
    if (received.length < 4 + size) return
    const request = received.subarray(4, 4 + size)
    connection.received = received.subarray(4 + size)
    connection.isBusy = true
    const begin = Math.max(this.hungUntil - this.#clock.now, 0)
    this.#clock.after(begin + this.#random.between(0.05, 0.6), () => this.#take(connection, request))
  }

  #take(connection: Connection, request: Buffer): void {
    if (!connection.isOpen) return
    const answer = answerTo(this, request)
    if (!answer) return connection.reset()
    const send = (bytes: Buffer) => {
      const size = Buffer.alloc(4)
      size.writeInt32BE(bytes.length)
      connection.isBusy = false
      connection.answer(Buffer.concat([size, bytes]))
      if (connection.isOpen) this.#next(connection)
    }
    if (Buffer.isBuffer(answer)) return send(answer)
    const waiting: Waiting = {
      check: (isLate) => {
        if (this.hungUntil > this.#clock.now) return false
        const bytes = connection.isOpen && answer.poll(isLate)
        if (bytes) send(bytes)
        return Boolean(bytes) || !connection.isOpen
      },
    }
    if (waiting.check(answer.waitMs === 0)) return
    this.#waiting.add(waiting)
    const expire = () => {
      if (!this.#waiting.has(waiting)) return
      if (this.hungUntil > this.#clock.now) this.#clock.after(this.hungUntil - this.#clock.now, expire)
      else if (waiting.check(true)) this.#waiting.delete(waiting)
    }
    this.#clock.after(answer.waitMs, expire)
  }
}
