import type { Clock } from '../clock.ts'
import type { Network } from '../network.ts'
import type { Random } from '../random.ts'
import type { Trace } from '../trace.ts'
import { Broker } from './broker.ts'
import { type BrokerSettings, type ClusterView, type PartitionView, replicaKey } from './cluster-view.ts'
import { type Batch, Replica } from './replica.ts'

/** A batch to be written, which gets its place in the log. */
export type NewBatch = Omit<Batch, 'baseOffset' | 'nextOffset' | 'leaderEpoch'> & { offsets: number }

const sessionTimeoutMs = 3000

/**
 * Brokers, and the controller that decides who leads. What all replicas in sync have is committed: it is what any client may
 * see, and is kept here, as `histories`, for the judge.
 */
export class SimulatedCluster {
  readonly brokers: Broker[]
  /**
   * Of each partition, by `replicaKey`, all that was ever committed: one history, and a further one whenever the brokers'
   * disks lost what was committed.
   */
  readonly histories = new Map<string, Batch[][]>()
  /** What the controller knows. */
  #view: ClusterView = { version: 0, brokers: [], topics: new Map() }
  readonly #clock: Clock
  readonly #random: Random
  readonly #network: Network
  readonly #trace: Trace
  readonly #replicating = new Set<string>()
  #topicCount = 0

  constructor(count: number, settings: (id: number) => BrokerSettings, parts: Parts) {
    const { clock, random, network, trace } = parts
    this.#clock = clock
    this.#random = random
    this.#network = network
    this.#trace = trace
    const ids = Array.from({ length: count }, (_, index) => index + 1)
    this.brokers = ids.map((id) => new Broker(id, settings(id), this.#view, clock, random))
    for (const broker of this.brokers) network.listen(broker)
    this.#publish({ brokers: this.brokers.map(({ id, port }) => ({ id, port })) })
    for (const broker of this.brokers) broker.view = this.#view
  }

  get view(): ClusterView {
    return this.#view
  }

  // ── Topics ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  createTopic(name: string, partitionCount: number): void {
    const id = this.#newTopicId()
    const alive = this.#view.brokers.map((broker) => broker.id)
    const replicas = this.brokers.map((broker) => broker.id)
    const partitions = Array.from({ length: partitionCount }, (_, index): PartitionView => {
      const leader = alive.length > 0 ? alive[(index + this.#topicCount) % alive.length]! : -1
      const inSync = alive.length > 0 ? alive : replicas
      return { leader, leaderEpoch: 0, replicas, inSync }
    })
    for (let index = 0; index < partitionCount; index++) this.histories.set(replicaKey(id, index), [[]])
    this.#trace.note('controller', `creates ${name}, ${id}`)
    this.#publish({ topics: new Map(this.#view.topics).set(name, { name, id, partitions }) })
  }

  deleteTopic(name: string): void {
    const topics = new Map(this.#view.topics)
    topics.delete(name)
    this.#trace.note('controller', `deletes ${name}`)
    this.#publish({ topics })
  }

  #newTopicId(): string {
    const count = String(++this.#topicCount).padStart(8, '0')
    const hex = () => this.#random.whole(0, 0xffff).toString(16).padStart(4, '0')
    return `${count}-${hex()}-${hex()}-${hex()}-${hex()}${hex()}${hex()}`
  }

  // ── Logs ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Writes a batch, as a producer does, to the broker that leads a partition, or to one that believes it does.
   *
   * @returns false when nobody takes it now
   */
  write(name: string, partition: number, batch: NewBatch, broker = this.leaderOf(name, partition)): boolean {
    const topic = broker?.view.topics.get(name)
    const view = topic?.partitions[partition]
    const replica = topic && broker?.replicas.get(replicaKey(topic.id, partition))
    if (!broker?.isUp || !replica || view?.leader !== broker.id || broker.hungUntil > this.#clock.now)
      return false
    const { offsets, ...rest } = batch
    const baseOffset = replica.logEnd
    const bytes = Buffer.from(batch.bytes)
    // Neither is under the checksum: the leader sets both.
    bytes.writeBigInt64BE(BigInt(baseOffset), 0)
    bytes.writeInt32BE(view.leaderEpoch, 12)
    const nextOffset = baseOffset + offsets
    replica.append({ ...rest, bytes, baseOffset, nextOffset, leaderEpoch: view.leaderEpoch })
    this.#trace.note(
      broker.name,
      `${topic.name}/${partition}: ${describe(batch)} at ${baseOffset} to ${nextOffset - 1}`,
    )
    this.#advance(broker, topic.id, partition)
    this.#replicateSoon(topic.id, partition)
    return true
  }

  leaderOf(name: string, partition: number): Broker | undefined {
    const leader = this.#view.topics.get(name)?.partitions[partition]?.leader
    return this.brokers.find(({ id }) => id === leader)
  }

  replicaOf(broker: Broker, name: string, partition: number): Replica | undefined {
    const topic = this.#view.topics.get(name)
    return topic && broker.replicas.get(replicaKey(topic.id, partition))
  }

  /** Deletes records as `kafka-delete-records` does, and as retention would. */
  trim(name: string, partition: number, offset: number): void {
    this.#trace.note('controller', `deletes the records of ${name}/${partition} before ${offset}`)
    for (const broker of this.brokers) this.replicaOf(broker, name, partition)?.trim(offset)
  }

  /** Has all brokers lose the tail of a log, as a power cut does to disks that had not synced it. */
  loseTail(name: string, partition: number, offset: number): void {
    const topic = this.#view.topics.get(name)!
    const histories = this.histories.get(replicaKey(topic.id, partition))!
    for (const broker of this.brokers) {
      this.kill(broker)
      this.replicaOf(broker, name, partition)?.truncate(offset)
    }
    const end = Math.max(
      ...this.brokers.map((broker) => this.replicaOf(broker, name, partition)?.logEnd ?? 0),
    )
    this.#trace.note('controller', `the log of ${name}/${partition} has lost its tail from ${end} on`)
    histories.push(histories.at(-1)!.filter((batch) => batch.nextOffset <= end))
    for (const broker of this.brokers)
      this.#clock.after(this.#random.between(10, 1000), () => this.restart(broker))
  }

  // ── Brokers ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Kills a broker: its connections are reset, and others lead once the controller misses it. */
  kill(broker: Broker): void {
    this.#trace.note(broker.name, 'is killed')
    broker.stop()
    this.#network.cut(broker.port)
    this.#missLater(broker)
  }

  restart(broker: Broker): void {
    if (broker.isUp) return
    this.#trace.note(broker.name, 'starts')
    broker.isUp = true
    // It was gone whether or not the controller has noticed.
    if (!broker.isCutOff) this.#miss(broker)
    this.#welcome(broker)
  }

  /** Cuts a broker off from the others, and not from its clients: it goes on by what it knew. */
  cutOff(broker: Broker): void {
    this.#trace.note(broker.name, 'is cut off from the others')
    broker.isCutOff = true
    this.#missLater(broker)
  }

  reconnect(broker: Broker): void {
    if (!broker.isCutOff) return
    this.#trace.note(broker.name, 'reaches the others again')
    broker.isCutOff = false
    this.#welcome(broker)
  }

  /** Hangs a broker, as SIGSTOP does. */
  hang(broker: Broker, ms: number): void {
    this.#trace.note(broker.name, `hangs for ${(ms / 1000).toFixed(1)} s`)
    broker.hungUntil = this.#clock.now + ms
    if (ms > sessionTimeoutMs) this.#missLater(broker)
    this.#clock.after(ms, () => {
      this.#trace.note(broker.name, 'goes on')
      this.#welcome(broker)
      broker.wake()
    })
  }

  /** Has another broker that is in sync lead a partition, as `kafka-leader-election` does. */
  moveLeader(name: string, partition: number): void {
    this.#elect(name, partition)
  }

  #isReachable(broker: Broker): boolean {
    return broker.isUp && !broker.isCutOff && broker.hungUntil <= this.#clock.now
  }

  #missLater(broker: Broker): void {
    this.#clock.after(sessionTimeoutMs, () => {
      if (!this.#isReachable(broker)) this.#miss(broker)
    })
  }

  /** Takes a broker out of the cluster: what it led, others lead, if any of them is in sync. */
  #miss(broker: Broker): void {
    if (!this.#view.brokers.some(({ id }) => id === broker.id)) return
    this.#trace.note('controller', `misses ${broker.name}`)
    this.#publish({ brokers: this.#view.brokers.filter(({ id }) => id !== broker.id) })
    for (const { name, partitions } of this.#view.topics.values())
      for (const [index, { leader, inSync }] of partitions.entries()) {
        // The last one in sync stays so: only it has all.
        const rest = inSync.length > 1 ? inSync.filter((id) => id !== broker.id) : inSync
        if (rest !== inSync) this.#setPartition(name, index, { inSync: rest })
        if (leader === broker.id) this.#elect(name, index)
      }
  }

  #welcome(broker: Broker): void {
    if (!this.#isReachable(broker)) return
    if (!this.#view.brokers.some(({ id }) => id === broker.id)) {
      const { id, port } = broker
      this.#publish({ brokers: [...this.#view.brokers, { id, port }].toSorted((a, b) => a.id - b.id) })
    }
    this.#inform(broker)
    for (const { name, id, partitions } of this.#view.topics.values())
      for (const [index, { leader }] of partitions.entries()) {
        if (leader === -1) this.#elect(name, index)
        this.#replicateSoon(id, index)
      }
  }

  #elect(name: string, partition: number): void {
    const { leader, leaderEpoch, inSync } = this.#view.topics.get(name)!.partitions[partition]!
    const alive = inSync.filter((id) => this.#view.brokers.some((broker) => broker.id === id))
    const next = alive.find((id) => id !== leader) ?? alive[0] ?? -1
    const epoch = leaderEpoch + 1
    this.#trace.note('controller', `${name}/${partition}: broker ${next} leads in epoch ${epoch}`)
    this.#setPartition(name, partition, { leader: next, leaderEpoch: epoch })
  }

  #setPartition(name: string, partition: number, change: Partial<PartitionView>): void {
    const topic = this.#view.topics.get(name)!
    const partitions = topic.partitions.with(partition, { ...topic.partitions[partition]!, ...change })
    this.#publish({ topics: new Map(this.#view.topics).set(name, { ...topic, partitions }) })
  }

  /** Makes a new view the controller's, of which each broker hears a little later. */
  #publish(change: Partial<ClusterView>): void {
    this.#view = { ...this.#view, ...change, version: this.#view.version + 1 }
    for (const broker of this.brokers)
      this.#clock.after(this.#random.between(0.5, 15), () => this.#inform(broker))
  }

  #inform(broker: Broker): void {
    if (!this.#isReachable(broker) || broker.view.version >= this.#view.version) return
    const before = broker.view
    broker.view = this.#view
    for (const { id, name, partitions } of this.#view.topics.values()) {
      for (const [index, { leader, leaderEpoch }] of partitions.entries()) {
        const key = replicaKey(id, index)
        const replica = broker.replicas.get(key) ?? new Replica()
        broker.replicas.set(key, replica)
        const known = before.topics.get(name)
        const knownEpoch = known?.id === id ? known.partitions[index]!.leaderEpoch : -1
        if (leader === broker.id && leaderEpoch > knownEpoch) replica.beginEpoch(leaderEpoch)
        this.#advance(broker, id, index)
        this.#replicateSoon(id, index)
      }
    }
    const keys = new Set(
      [...this.#view.topics.values()].flatMap(({ id, partitions }) =>
        [...partitions.keys()].map((index) => replicaKey(id, index)),
      ),
    )
    for (const key of broker.replicas.keys()) if (!keys.has(key)) broker.replicas.delete(key)
    broker.wake()
  }

  // ── Replication ────────────────────────────────────────────────────────────────────────────────────────────────────

  #replicateSoon(topicId: string, partition: number): void {
    for (const follower of this.brokers) {
      const key = `${replicaKey(topicId, partition)} to ${follower.id}`
      if (this.brokers.length === 1 || this.#replicating.has(key)) continue
      this.#replicating.add(key)
      this.#clock.after(this.#random.between(0.5, 25), () => {
        this.#replicating.delete(key)
        this.#replicate(topicId, partition, follower)
      })
    }
  }

  /** Has a follower copy what its leader has; the leader then knows how far it has come. */
  #replicate(topicId: string, partition: number, follower: Broker): void {
    const own = follower.find(topicId, partition)
    const leader = this.brokers.find(({ id }) => id === own?.view.leader)
    const led = leader?.find(topicId, partition)
    if (!own || !led || leader === follower || led.view.leader !== leader?.id) return
    if (own.view.leaderEpoch !== led.view.leaderEpoch) return
    if (!this.#isReachable(follower) || !this.#isReachable(leader)) return
    const before = own.replica.highWatermark
    own.replica.follow(led.replica)
    if (own.replica.logEnd >= led.replica.highWatermark && !led.view.inSync.includes(follower.id)) {
      const topic = this.#view.topics.values().find(({ id }) => id === topicId)
      const known = topic?.partitions[partition]
      if (topic && known && !known.inSync.includes(follower.id) && known.leader === leader.id)
        this.#setPartition(topic.name, partition, { inSync: [...known.inSync, follower.id] })
    }
    this.#advance(leader, topicId, partition)
    // The follower hears of the new high watermark with what it copies next.
    if (led.replica.highWatermark > own.replica.highWatermark) this.#replicateSoon(topicId, partition)
    if (own.replica.highWatermark > before) follower.wake()
  }

  /** Commits what all replicas in sync have, as a leader does. */
  #advance(broker: Broker, topicId: string, partition: number): void {
    const found = broker.find(topicId, partition)
    if (!found || found.view.leader !== broker.id) return
    const { view, replica } = found
    const key = replicaKey(topicId, partition)
    // A replica that the controller has let in counts before its leader has heard of that.
    const known = this.#view.topics.values().find(({ id }) => id === topicId)?.partitions[partition]
    const ends = [...new Set([...view.inSync, ...(known?.inSync ?? [])])].map((id) => {
      const other = this.brokers.find((one) => one.id === id)!
      // What a follower has of another epoch says nothing of ours; one that was not heard of since has what it had.
      return id === broker.id ? replica.logEnd : this.#endKnownOf(other, key, replica)
    })
    const committed = Math.min(...ends)
    if (committed > replica.highWatermark) {
      replica.highWatermark = committed
      this.#remember(key, replica)
      broker.wake()
    }
  }

  /** How much of a leader's log a follower has. */
  #endKnownOf(follower: Broker, key: string, leader: Replica): number {
    const theirs = follower.replicas.get(key)
    if (!theirs) return leader.logStart
    const shared = new Set(theirs.batches)
    return leader.batches.findLast((batch) => shared.has(batch))?.nextOffset ?? leader.logStart
  }

  #remember(key: string, replica: Replica): void {
    const history = this.histories.get(key)!.at(-1)!
    const end = history.at(-1)?.nextOffset ?? 0
    for (const batch of replica.batches)
      if (batch.baseOffset >= end && batch.nextOffset <= replica.highWatermark) history.push(batch)
  }
}

type Parts = { clock: Clock; random: Random; network: Network; trace: Trace }

function describe({ marker, producerId, records }: NewBatch): string {
  if (marker) return `${marker} of producer ${producerId}`
  return `${records.length} records${producerId === undefined ? '' : ` of a transaction of producer ${producerId}`}`
}
