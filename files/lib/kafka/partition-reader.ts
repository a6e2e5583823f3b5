import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, addressOf } from '../core/address.ts'
import { OperatingError } from '../core/program.ts'
import { errorName } from './api.ts'
import type { Cluster } from './cluster.ts'
import { type Connection, ResponseBuffers } from './connection.ts'
import {
  type AbortedTransaction,
  type FetchedPartition,
  type FetchLimits,
  fetchExchange,
  type Position,
} from './fetch.ts'
import { checkPartitionCount, type Topic, type TopicPartition } from './metadata.ts'
import { NetworkError, reason } from './network-error.ts'
import { emptyHeader, readBatchHeader } from './record-batch.ts'

export type ReaderOptions = {
  cluster: Cluster
  topicName: string
  /** How many partitions the topic must have. */
  partitionCount: number
  /** Whether a topic of that id is an old one, so that metadata naming it is behind the times. */
  isOldTopic: (id: string) => boolean
  /** Tells the user of trouble, or of its end, in a line. */
  say: (line: string) => void
  signal: AbortSignal
  limits?: FetchLimits
}

/** From where to read a partition; the epoch is that of the record before, -1 if unknown. */
export type StartPosition = { partition: number; offset: number; lastFetchedEpoch: number }

/** What a reader brings, in the order of the log for each partition. */
export type Fetched =
  | FetchedRecords
  /** The topic is there, for the first time or under a new id: `begin` says from where to read it. */
  | { kind: 'topic'; topic: Topic }
  /** The log has lost records that we read: of the epoch of ours it holds those before `endOffset`. */
  | { kind: 'diverged'; partition: number; epoch: number; endOffset: number }
  /** The log does not hold the offset asked for. */
  | { kind: 'out of range'; partition: number; logStart: number; logEnd: number }

export type FetchedRecords = {
  kind: 'records'
  partition: number
  /** The offset asked for: the batches may begin before it. */
  from: number
  /** One past the last record in `bytes`; `from` where there is none. */
  nextOffset: number
  /** Record batches, perhaps none; written over after two more reads. */
  bytes: Buffer
  /** The aborted transactions that have records in `bytes`. */
  aborted: readonly AbortedTransaction[]
  /** Where the log ends for readers of committed records: at the last stable offset. */
  endOffset: number
  /** One past the newest record of all, of open transactions too. */
  highWatermark: number
}

/**
 * A partition that is being read. It is in one of these states:
 *
 * - waiting for a leader: metadata named none yet, or the one it named was none; `leader` is undefined
 * - fetching: one request is in flight, also while the caller folds what came before
 * - backing off: its leader does not answer
 * - checking the range: the leader said that the offset is outside its log
 *
 * Reading ends when the topic was recreated, the log has lost what was read, or the offset is outside it.
 */
type ReadPosition = Position & {
  leader: Address | undefined
  connection: Connection | undefined
  readonly buffers: ResponseBuffers
  /** How long it backs off after the next failure; 0 while all goes well. */
  pauseMs: number
}

/** What the caller gets next; `done` is called once it is finished with it. */
type Delivery = { fetched: Fetched; done: () => void }

// So long may a reader stand still at a leader that is cut off, besides the time that an election takes.
const checkMs = 5000
const pauseMsMin = 20
const pauseMsMax = 1000
// What a response has besides its batches: some hundred bytes, and 20 for each aborted transaction.
const responseOverhead = 1 << 16
const usualLimits: FetchLimits = { waitMs: 500, bytesMax: 1 << 20 }

/** Whom metadata is asked of, as the user is told: any broker that answers. */
const anyBroker = 'The broker'

// After these, metadata is looked up again: the same topic is read on, a new one begun, an absent one waited for.
const passingErrors = new Set([
  ...['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID', 'INCONSISTENT_TOPIC_ID'],
  ...['NOT_LEADER_OR_FOLLOWER', 'LEADER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH'],
  ...['REPLICA_NOT_AVAILABLE', 'KAFKA_STORAGE_ERROR', 'OFFSET_NOT_AVAILABLE', 'BROKER_NOT_AVAILABLE'],
  ...['REQUEST_TIMED_OUT', 'NETWORK_EXCEPTION', 'THROTTLING_QUOTA_EXCEEDED', 'UNKNOWN_SERVER_ERROR'],
])

/**
 * Reads given partitions without a group, over leader changes, broker restarts and recreated topics.
 *
 * Each partition has a connection of its own, on which one request is in flight at any time, also while what came before
 * is being folded: at most two responses a partition are held. Whatever may pass by itself is waited for, without end; the
 * rest is brought, or thrown by `read` as an OperatingError.
 *
 * The first `read` brings the topic; `begin` then says from where to read it.
 */
export class PartitionReader {
  readonly #options: ReaderOptions
  readonly #limits: FetchLimits
  /** The topic that was brought last; undefined before there was one. */
  #topicId: string | undefined
  #positions = new Map<number, ReadPosition>()
  readonly #queue: Delivery[] = []
  #handedOver: Delivery | undefined
  #failure: { error: unknown } | undefined
  #wakeReader: () => void = () => {}
  #hasStarted = false
  #isClosed = false
  /** Reused from batch to batch. */
  readonly #header = emptyHeader()

  /** Whether something waits for metadata: a leader, or the topic. Else metadata is looked at each 5 s. */
  #needsMetadata = true
  #wakeMetadata: () => void = () => {}
  #nextMetadata = Promise.withResolvers<void>()
  /** How long to wait before metadata is looked up again; doubles while what is waited for does not come. */
  #metadataPauseMs = 0
  /** Who does not answer, by address or as `anyBroker`, and since when, in milliseconds since 1970. */
  readonly #unreachable = new Map<string, number>()
  /** What the user was told last that we wait for. */
  #waitingFor = ''

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#limits = options.limits ?? usualLimits
    options.signal.addEventListener('abort', () => this.#wakeReader(), { once: true })
  }

  /** Since when a broker that is needed does not answer, in milliseconds since 1970; undefined while all do. */
  get unreachableSince(): number | undefined {
    return this.#unreachable.values().next().value
  }

  /** Reads on from these positions, of a topic that was brought. */
  begin(topic: Topic, starts: readonly StartPosition[]): void {
    this.#topicId = topic.id
    this.#queue.length = 0
    this.#endPositions()
    for (const start of starts) {
      const position: ReadPosition = {
        ...start,
        // A leader must be as new as the record before.
        leaderEpoch: start.lastFetchedEpoch,
        leader: undefined,
        connection: undefined,
        buffers: new ResponseBuffers(this.#limits.bytesMax + responseOverhead),
        pauseMs: 0,
      }
      this.#positions.set(start.partition, position)
    }
    this.#takeLeaders(topic)
    for (const position of this.#positions.values()) this.#run(this.#follow(position))
  }

  /**
   * Brings what comes next; undefined when nothing does within `waitMs`, or the signal aborts.
   *
   * @throws OperatingError for what does not pass by itself
   */
  async read(waitMs: number): Promise<Fetched | undefined> {
    this.#handedOver?.done()
    this.#handedOver = undefined
    if (!this.#hasStarted) {
      this.#hasStarted = true
      this.#run(this.#followTopic())
    }
    if (this.#queue.length === 0 && !this.#failure && !this.#options.signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wakeReader = resolve
      const timer = setTimeout(resolve, Math.max(waitMs, 0))
      await promise
      clearTimeout(timer)
    }
    if (this.#queue.length === 0 && this.#failure) throw this.#failure.error
    this.#handedOver = this.#queue.shift()
    return this.#handedOver?.fetched
  }

  close(): void {
    this.#isClosed = true
    this.#endPositions()
    this.#wakeMetadata()
  }

  /** Lets work go on by itself; what it throws, `read` throws. */
  #run(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#failure ??= { error }
      this.#wakeReader()
    })
  }

  /** Hands something over to the caller; resolves once the caller is finished with it. */
  #deliver(fetched: Fetched): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#queue.push({ fetched, done: resolve })
    this.#wakeReader()
    return promise
  }

  // ── One partition ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Reads a partition until it is read no more. */
  async #follow(position: ReadPosition): Promise<void> {
    const { partition } = position
    let delivered = Promise.resolve()
    let inFlight: Promise<FetchedPartition> | undefined
    while (this.#isFollowed(position)) {
      if (!position.leader) {
        await this.#nextMetadata.promise
        continue
      }
      const from = position.leader
      const answer = await (inFlight ?? this.#fetch(position, from)).catch((error: unknown) => ({ error }))
      inFlight = undefined
      if (!this.#isFollowed(position)) return
      if ('error' in answer) {
        await this.#backOff(position, from, answer.error)
        continue
      }
      this.#noteReachable(addressOf(from))
      position.pauseMs = 0
      const error = errorName(answer.errorCode)
      if (error === 'NONE' && answer.diverging) {
        this.#deliver({ kind: 'diverged', partition, ...answer.diverging })
        return
      }
      if (error === 'NONE') {
        const records = this.#advance(position, answer)
        // The next response is written over what the caller got before these records: it must be finished with that.
        await delivered
        if (!this.#isFollowed(position)) return
        position.buffers.keep()
        // In flight while the caller folds these records.
        inFlight = position.leader && this.#fetch(position, position.leader)
        inFlight?.catch(() => {}) // it is looked at above
        delivered = this.#deliver(records)
      } else if (error === 'OFFSET_OUT_OF_RANGE') {
        const lost = await this.#findLost(position, from)
        if (lost && this.#isFollowed(position)) {
          this.#deliver(lost)
          return
        }
      } else if (passingErrors.has(error)) this.#loseLeader(position)
      else throw this.#unexpected(partition, error)
    }
  }

  #isFollowed(position: ReadPosition): boolean {
    return !this.#isClosed && this.#positions.get(position.partition) === position
  }

  async #fetch(position: ReadPosition, leader: Address): Promise<FetchedPartition> {
    const { connection: open, buffers } = position
    if (open && !(open.isUsable && addressOf(open.address) === addressOf(leader))) {
      open.close()
      position.connection = undefined
    }
    const requestTimeoutMs = this.#limits.waitMs + 10_000
    position.connection ??= this.#options.cluster.connect(leader, { buffers, requestTimeoutMs })
    return position.connection.request(fetchExchange(this.#topicId!, position, this.#limits))
  }

  /** Moves the position past the batches that came, by their headers alone: the next fetch does not wait for the fold. */
  #advance(position: ReadPosition, answer: FetchedPartition): FetchedRecords {
    const { partition, offset: from } = position
    const { batches: bytes, aborted, lastStableOffset: endOffset, highWatermark } = answer
    if (!this.#needsMetadata) this.#endWait()
    const header = this.#header
    let at = 0
    for (; readBatchHeader(bytes, at, header); at += header.byteLength) {
      position.offset = Math.max(position.offset, header.nextOffset)
      position.lastFetchedEpoch = header.leaderEpoch
    }
    if (at === 0 && bytes.length > 0) {
      throw new OperatingError(
        `${this.#options.topicName}/${partition}: the batch at offset ${from} came without its end.`,
      )
    }
    return {
      kind: 'records',
      partition,
      from,
      nextOffset: position.offset,
      bytes,
      aborted,
      endOffset,
      highWatermark,
    }
  }

  /** Waits, after a failed fetch, until the leader may be asked again, or another one leads. */
  async #backOff(position: ReadPosition, leader: Address, error: unknown): Promise<void> {
    if (position.leader !== leader) return // The connection was closed by us, for another broker leads.
    this.#noteUnreachable(addressOf(leader), error)
    position.pauseMs = doubled(position.pauseMs)
    this.#requestMetadata()
    const isSame = () => this.#isFollowed(position) && position.leader === leader
    const end = performance.now() + position.pauseMs
    for (let left = position.pauseMs; left > 0 && isSame(); left = end - performance.now())
      await Promise.race([this.#nextMetadata.promise, sleep(left, undefined, { ref: false })])
  }

  /**
   * Makes sure that an offset is outside the log before anybody stops for it: the answer may have come from a topic just
   * deleted, or from a leader of before.
   *
   * A log within whose range the offset is, but whose epochs end before that of the record before it, is another one: it
   * was put back to an earlier state, and has grown again.
   *
   * @returns what is delivered; undefined when the offset is to be asked for again
   */
  async #findLost(position: ReadPosition, leader: Address): Promise<Fetched | undefined> {
    const { cluster, topicName } = this.#options
    const { partition, leaderEpoch, lastFetchedEpoch, offset } = position
    try {
      const range = await cluster.readLogRange(topicName, partition, { leader, leaderEpoch }, 'uncommitted')
      const topic = await cluster.describeTopic(topicName)
      const isSame = topic?.id === this.#topicId && topic?.partitions[partition]?.leaderEpoch === leaderEpoch
      const isOutside = offset < range.logStart || offset > range.logEnd
      if (isSame && isOutside) return { kind: 'out of range', partition, ...range }
      if (isSame && lastFetchedEpoch > leaderEpoch)
        return { kind: 'diverged', partition, epoch: leaderEpoch, endOffset: range.logEnd }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
    }
    this.#loseLeader(position)
    return undefined
  }

  /** Has metadata say anew who leads a partition. */
  #loseLeader(position: ReadPosition): void {
    position.leader = undefined
    this.#requestMetadata()
  }

  #unexpected(partition: number, error: string): OperatingError {
    const { topicName } = this.#options
    const advice =
      error === 'TOPIC_AUTHORIZATION_FAILED' ? ' Allow this user to read the topic.' : ' Check its disk.'
    return new OperatingError(`${topicName}/${partition}: the broker answers a fetch with ${error}.${advice}`)
  }

  #endPositions(): void {
    const positions = [...this.#positions.values()]
    this.#positions.clear()
    for (const { connection } of positions) connection?.close()
    this.#announceMetadata() // Those that wait for a leader end.
  }

  // ── The topic and its leaders ──────────────────────────────────────────────────────────────────────────────────────

  /** Looks up the topic when something waits for it, and each 5 s: a leader that is cut off answers as if nothing came. */
  async #followTopic(): Promise<void> {
    const { cluster, topicName, signal } = this.#options
    while (!this.#isClosed && !signal.aborted) {
      const isNeeded = this.#needsMetadata
      if (isNeeded && this.#metadataPauseMs > 0) await sleep(this.#metadataPauseMs, undefined, { ref: false })
      const found = await cluster
        .describeTopic(topicName)
        .then((topic) => ({ topic }))
        .catch((error: unknown) => ({ error }))
      if (this.#isClosed) return
      if ('error' in found) this.#missMetadata(found.error, isNeeded)
      else {
        this.#noteReachable(anyBroker)
        this.#takeTopic(found.topic, isNeeded)
      }
      this.#announceMetadata()
      if (!this.#needsMetadata) await this.#metadataWanted()
    }
  }

  /** Waits until metadata is asked for, at most 5 s. */
  async #metadataWanted(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wakeMetadata = resolve
    const timer = setTimeout(resolve, checkMs).unref()
    await promise
    clearTimeout(timer)
  }

  #requestMetadata(): void {
    if (!this.#needsMetadata) this.#lengthenPause()
    this.#needsMetadata = true
    this.#wakeMetadata()
  }

  #announceMetadata(): void {
    this.#nextMetadata.resolve()
    this.#nextMetadata = Promise.withResolvers()
  }

  #missMetadata(error: unknown, isNeeded: boolean): void {
    if (!(error instanceof NetworkError)) throw error
    if (!isNeeded) return // The fetches go on, and tell what is the matter.
    // A leader that does not answer was told of: where it is the only broker, this says the same again.
    if (this.#unreachable.size === 0 || this.#unreachable.has(anyBroker))
      this.#noteUnreachable(anyBroker, error)
    this.#lengthenPause()
  }

  #takeTopic(topic: Topic | undefined, isNeeded: boolean): void {
    const { topicName, partitionCount, isOldTopic } = this.#options
    if (topic) checkPartitionCount(topic, topicName, partitionCount)
    if (!topic) {
      if (isNeeded) this.#waitFor(`Waiting for the topic ${topicName}: producer.ts creates it.`)
    } else if (topic.id === this.#topicId) this.#takeLeaders(topic)
    else if (isOldTopic(topic.id)) {
      const old = `${topic.id}, which is in archive/${topic.id}; remove that to read it again`
      if (isNeeded) this.#waitFor(`Waiting for a newer topic than ${old}.`)
    } else {
      this.#topicId = topic.id
      this.#endPositions()
      this.#unreachable.clear()
      this.#needsMetadata = false
      this.#deliver({ kind: 'topic', topic })
    }
  }

  /** Takes who leads each partition, unless the broker that says so is behind what was read already. */
  #takeLeaders(topic: Topic): void {
    const waits: string[] = []
    for (const position of this.#positions.values()) {
      const wait = this.#takeLeader(position, topic)
      if (wait) waits.push(wait)
    }
    const leaders = new Set(this.#positions.values().map(({ leader }) => leader && addressOf(leader)))
    for (const who of this.#unreachable.keys())
      if (who !== anyBroker && !leaders.has(who)) this.#unreachable.delete(who)
    if (waits.length > 0) this.#waitFor(waits.join('\n'))
    else this.#needsMetadata = false
  }

  /** @returns what is waited for; undefined when there is a leader to ask */
  #takeLeader(position: ReadPosition, topic: Topic): string | undefined {
    const { partition, leaderEpoch: known } = position
    const found = topic.partitions[partition]!
    const name = `${this.#options.topicName}/${partition}`
    const verdict = judgeLeader({ ...position, isFailing: position.pauseMs > 0 }, found, topic.brokers)
    if (verdict === 'behind') return describeBehind(name, partition, known, found.leaderEpoch)
    if (verdict === 'keep') return undefined
    const { leader, leaderEpoch } = found
    position.leaderEpoch = leaderEpoch
    // The same object stays for the same broker: who backs off from it looks whether it changed.
    if (leader && position.leader && addressOf(leader) === addressOf(position.leader)) return undefined
    position.leader = leader
    // Another broker leads: the one of before may hang, and is not waited for.
    position.connection?.close()
    position.connection = undefined
    return leader ? undefined : `Waiting for a leader of ${name}: is its broker up?`
  }

  /**
   * Waits for something that may never come, telling the user once: at once when nothing was read yet, else when it has
   * not come within a second, for a recreated topic and a leader elected are gone for some milliseconds only.
   */
  #waitFor(what: string): void {
    const isPatient = this.#topicId !== undefined && this.#metadataPauseMs < pauseMsMax
    if (!isPatient && this.#waitingFor !== what) {
      this.#options.say(what)
      this.#waitingFor = what
    }
    this.#needsMetadata = true
    this.#lengthenPause()
    this.#wakeMetadata()
  }

  /** Records came, and nothing is waited for. */
  #endWait(): void {
    this.#metadataPauseMs = 0
    this.#waitingFor = ''
  }

  #lengthenPause(): void {
    this.#metadataPauseMs = doubled(this.#metadataPauseMs)
  }

  // ── Who answers ────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Notes that a broker does not answer, and says so when that begins.
   *
   * @throws the error itself when it will not pass
   */
  #noteUnreachable(who: string, error: unknown): void {
    if (!(error instanceof NetworkError)) throw error
    if (this.#unreachable.has(who)) return
    this.#unreachable.set(who, Date.now())
    this.#options.say(`${who} does not answer (${reason(error)}). Retrying.`)
  }

  #noteReachable(who: string): void {
    const since = this.#unreachable.get(who)
    if (since === undefined) return
    this.#options.say(`${who} is back after ${((Date.now() - since) / 1000).toFixed(1)} s.`)
    this.#unreachable.delete(who)
  }
}

/**
 * Tells what metadata means for a partition: take what it says of the leader, keep the one that answers, or wait for a
 * broker that is not behind what was read already. The only broker of a cluster is believed: nobody knows more.
 *
 * @param position its leader, undefined while there is none; whether that failed to answer last
 * @param found what metadata says
 */
export function judgeLeader(
  position: TopicPartition & { isFailing: boolean },
  found: TopicPartition,
  brokers: number,
): 'take' | 'keep' | 'behind' {
  const isAnswering = position.leader !== undefined && !position.isFailing
  if (found.leaderEpoch < position.leaderEpoch && brokers > 1) return isAnswering ? 'keep' : 'behind'
  return !found.leader && isAnswering ? 'keep' : 'take'
}

function doubled(pauseMs: number): number {
  return Math.min(Math.max(pauseMs * 2, pauseMsMin), pauseMsMax)
}

function describeBehind(name: string, partition: number, known: number, found: number): string {
  return (
    `Waiting for a broker that knows leader epoch ${known} of ${name}, as has been seen; found ${found}. ` +
    'Is this one cut off from the others? If all their disks were put back as they were before, ' +
    `\`consumer.ts ${partition} --rebuild\` counts again.`
  )
}
