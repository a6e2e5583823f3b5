import type { Clock } from './clock.ts'
import type { Disk } from './disk.ts'
import type { Circumstances } from './ends.ts'
import type { Fault, FaultKind } from './faults.ts'
import type { Judge } from './judge.ts'
import type { Broker } from './kafka/broker.ts'
import type { SimulatedCluster } from './kafka/cluster.ts'
import type { Network, Obstacle } from './network.ts'
import type { Random } from './random.ts'
import type { Ambush, SimulatedProcess } from './simulated-process.ts'
import type { Trace } from './trace.ts'
import type { Workload } from './workload.ts'

export const topicName = 'temperatures'

/** What faults befall. */
export type Site = {
  readonly clock: Clock
  readonly trace: Trace
  readonly disk: Disk
  readonly network: Network
  readonly cluster: SimulatedCluster
  readonly workload: Workload
  readonly judge: Judge
  readonly consumers: ReadonlyMap<string, SimulatedProcess>
  readonly shares: ReadonlyMap<string, readonly number[]>
  isTrimmed: boolean
  startConsumer: (name: string, partitions: readonly number[]) => SimulatedProcess
  recreateTopic: () => void
  check: (look: () => void) => void
  fail: (what: string) => void
}

const dayMs = 86_400_000
const stopMsMax = 8000
const callsAhead = 120

/** Inflicts faults on a world, remembers what they befell, and takes them all away again. */
export class Inflictor implements Circumstances {
  readonly #site: Site
  readonly #random: Random
  /** Until when each kind has befallen something. */
  readonly #until = new Map<FaultKind, number>()
  readonly #intruders = new Map<SimulatedProcess, readonly number[]>()
  readonly #remedies = new Set<() => void>()

  constructor(site: Site, random: Random) {
    this.#site = site
    this.#random = random
  }

  /** The kinds of faults that have befallen something. */
  get met(): FaultKind[] {
    return [...this.#until.keys()]
  }

  hasMet(kinds: readonly FaultKind[], since: number): boolean {
    return kinds.some((kind) => (this.#until.get(kind) ?? -1) >= since)
  }

  isKeptByAnother(process: SimulatedProcess): boolean {
    const wanted = process.argv.slice(2).map(Number)
    const { consumers, shares } = this.#site
    const others = [
      ...[...consumers].map(([name, one]) => [one, shares.get(name)!] as const),
      ...this.#intruders,
    ]
    return others.some(
      ([one, share]) =>
        one !== process && !one.hasEnded && share.some((partition) => wanted.includes(partition)),
    )
  }

  inflict(fault: Fault): void {
    const { trace } = this.#site
    trace.note('fault', `${fault.kind}, ${(fault.forMs / 1000).toFixed(2)} s`)
    const { until } = this.#inflictors[fault.kind](fault) ?? {}
    if (until !== undefined) this.#note(fault.kind, until)
    else trace.note('fault', 'befalls nothing')
  }

  /** Takes away all that is still wrong. */
  heal(): void {
    for (const remedy of this.#remedies) remedy()
    this.#remedies.clear()
    for (const intruder of this.#intruders.keys()) intruder.kill()
    for (const consumer of this.#site.consumers.values()) consumer.ambush = undefined
  }

  #note(kind: FaultKind, until: number): void {
    this.#until.set(kind, Math.max(this.#until.get(kind) ?? 0, until))
  }

  /** Has something taken away after a time, or when all is healed. @returns when, at the latest */
  #takeAwayAfter(ms: number, remedy: () => void): { until: number } {
    const { clock } = this.#site
    this.#remedies.add(remedy)
    clock.after(ms, () => {
      if (this.#remedies.delete(remedy)) remedy()
    })
    return { until: clock.now + ms }
  }

  get #now(): { until: number } {
    return { until: this.#site.clock.now }
  }

  // ── Whom it befalls ────────────────────────────────────────────────────────────────────────────────────────────────

  #consumer({ which }: Fault): SimulatedProcess | undefined {
    const alive = [...this.#site.consumers.values()].filter(({ hasEnded }) => !hasEnded)
    return alive[Math.floor(which * alive.length)]
  }

  #broker({ which }: Fault): Broker {
    const { brokers } = this.#site.cluster
    return brokers[Math.floor(which * brokers.length)]!
  }

  #partition({ which }: Fault): number {
    return Math.floor(which * 4)
  }

  #onConsumer(act: (consumer: SimulatedProcess, fault: Fault) => void) {
    return (fault: Fault) => {
      const consumer = this.#consumer(fault)
      if (!consumer) return undefined
      act(consumer, fault)
      return this.#now
    }
  }

  // ── How ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly #inflictors: Record<FaultKind, (fault: Fault) => { until: number } | undefined> = {
    kill: this.#onConsumer((consumer) => consumer.kill()),
    'kill at a call': this.#onConsumer((consumer, fault) => {
      consumer.ambush = ambush(fault, () => consumer.kill())
    }),
    stop: this.#onConsumer((consumer) => {
      consumer.signal('SIGTERM')
      const late = () => consumer.hasEnded || this.#site.fail(`${consumer.name}: goes on after SIGTERM`)
      this.#site.clock.after(stopMsMax + Math.max(consumer.busyUntil - this.#site.clock.now, 0), late)
    }),
    pause: this.#onConsumer((consumer, { forMs }) => consumer.spend(forMs)),
    'clock jump': this.#onConsumer((consumer, { how }) => {
      consumer.wallOffsetMs += (how - 0.5) * 4 * dayMs
    }),
    'second consumer': (fault) => {
      const consumer = this.#consumer(fault)
      if (!consumer) return undefined
      const share = this.#site.shares.get(consumer.name)!
      const intruder = this.#site.startConsumer('intruder', share)
      this.#intruders.set(intruder, share)
      return this.#takeAwayAfter(fault.forMs + 500, () => intruder.kill())
    },
    'file removed': (fault) => this.#meddle(this.#partition(fault), undefined),
    'file put back': (fault) => this.#putBack(fault),
    'power cut': () => this.#cutPower(),
    'power cut at a call': this.#onConsumer((consumer, fault) => {
      consumer.ambush = ambush(fault, () => {
        this.#cutPower()
        this.#note('power cut', this.#site.clock.now)
      })
    }),
    'disk full': (fault) => this.#spoilDisk(fault, 'ENOSPC'),
    'disk read-only': (fault) => this.#spoilDisk(fault, 'EROFS'),
    'disk error': (fault) => this.#spoilDisk(fault, 'EIO'),
    'connections cut': (fault) => {
      this.#site.network.cut(
        this.#broker(fault).port,
        fault.how < 0.5 ? this.#consumer(fault)?.name : undefined,
      )
      return this.#now
    },
    'slow network': (fault) => this.#obstruct(fault, 'slow'),
    'black hole': (fault) => this.#obstruct(fault, 'black hole'),
    'lost answers': (fault) => this.#obstruct(fault, 'loses answers'),
    'broker killed': (fault) => {
      const { cluster } = this.#site
      const broker = this.#broker(fault)
      if (!broker.isUp) return undefined
      cluster.kill(broker)
      return this.#takeAwayAfter(fault.forMs, () => cluster.restart(broker))
    },
    'broker hangs': (fault) => {
      const broker = this.#broker(fault)
      if (!broker.isUp) return undefined
      this.#site.cluster.hang(broker, fault.forMs)
      return { until: this.#site.clock.now + fault.forMs }
    },
    'broker cut off': (fault) => this.#cutOff(fault),
    'leader moved': (fault) => {
      const { cluster } = this.#site
      if (!cluster.view.topics.has(topicName)) return undefined
      cluster.moveLeader(topicName, this.#partition(fault))
      return this.#now
    },
    'topic recreated': (fault) => {
      this.#site.recreateTopic()
      // The consumers have most to do then: it is the time to catch one at it.
      const consumer = fault.how < 0.6 ? this.#consumer(fault) : undefined
      const act = () => (fault.how < 0.3 ? consumer?.kill() : this.#cutPower())
      if (consumer) consumer.ambush = { ...ambush(fault, act), callsLeft: Math.floor(fault.where * 30) }
      if (consumer && fault.how >= 0.3) this.#note('power cut at a call', this.#site.clock.now)
      return this.#now
    },
    'left behind': (fault) => this.#leaveBehind(fault),
    'topic away': (fault) => {
      const { cluster, workload } = this.#site
      if (!cluster.view.topics.has(topicName)) return undefined
      cluster.deleteTopic(topicName)
      workload.begin()
      this.#site.isTrimmed = false
      return this.#takeAwayAfter(fault.forMs, () => {
        if (!cluster.view.topics.has(topicName)) cluster.createTopic(topicName, 4)
      })
    },
    'tail lost': (fault) => this.#loseTail(fault),
    'log trimmed': (fault) => this.#trim(fault),
    'batch corrupt': (fault) => this.#corrupt(fault),
  }

  #meddle(partition: number, content: Buffer | undefined): { until: number } | undefined {
    const { clock, disk, judge } = this.#site
    const path = `/data/partition-${partition}.json`
    if (!disk.contentOf(path)) return undefined
    disk.put(path, content)
    judge.noteTouch(partition, clock.now)
    return this.#now
  }

  /** Puts a copy of a partition file back that was made a while before; of the same log, which has lost nothing. */
  #putBack(fault: Fault): { until: number } | undefined {
    const { clock, disk, cluster, trace } = this.#site
    const partition = this.#partition(fault)
    // A copy of the file; or one that another program has made, which may end in the midst of a batch.
    const copy =
      fault.how < 0.5
        ? disk.contentOf(`/data/partition-${partition}.json`)
        : this.#site.judge.fileAt(partition, fault.where)
    const log = () => {
      const memory = String(disk.contentOf(`/data/.almanac/partition-${partition}.json`))
      const id = cluster.view.topics.get(topicName)?.id
      const isWhole = cluster.histories.get(`${id}/${partition}`)?.length === 1
      return id && isWhole && memory.includes(id) ? id : undefined
    }
    const before = log()
    if (!copy || !before) return undefined
    const remedy = () => {
      if (log() !== before) return
      trace.note('fault', `partition-${partition}.json is put back`)
      const done = this.#meddle(partition, copy)
      if (done) this.#note(fault.kind, done.until)
    }
    this.#takeAwayAfter(fault.forMs, remedy)
    return { until: clock.now }
  }

  #cutPower(): { until: number } {
    const { consumers, disk, judge, check, trace } = this.#site
    trace.note('machine', 'its power is cut')
    for (const process of [...consumers.values(), ...this.#intruders.keys()]) process.kill()
    disk.cutPower()
    check.call(this.#site, () => judge.judgePowerCut())
    return this.#now
  }

  #spoilDisk({ where, forMs }: Fault, code: 'ENOSPC' | 'EROFS' | 'EIO'): { until: number } | undefined {
    const { disk } = this.#site
    if (disk.trouble) return undefined
    disk.trouble = { code, callsLeft: Math.floor(where * callsAhead), isMet: false }
    return this.#takeAwayAfter(forMs, () => {
      disk.trouble = undefined
    })
  }

  #obstruct(fault: Fault, kind: Obstacle['kind']): { until: number } {
    const { clock, network } = this.#site
    const client = fault.how < 0.3 ? this.#consumer(fault)?.name : undefined
    const obstacle = { port: this.#broker(fault).port, client, kind, until: clock.now + fault.forMs }
    network.obstacles.add(obstacle)
    return this.#takeAwayAfter(fault.forMs, () => network.obstacles.delete(obstacle))
  }

  /** Cuts a broker off, and writes to it what the others never get. */
  #cutOff(fault: Fault): { until: number } | undefined {
    const { clock, cluster, workload } = this.#site
    const broker = this.#broker(fault)
    if (!broker.isUp || broker.isCutOff) return undefined
    cluster.cutOff(broker)
    for (let i = 0; i < 4; i++)
      clock.after(this.#random.between(0, 1) * fault.forMs, () => {
        if (broker.isCutOff) workload.writeAside(cluster, topicName, i, broker)
      })
    return this.#takeAwayAfter(fault.forMs, () => cluster.reconnect(broker))
  }

  #loseTail(fault: Fault): { until: number } | undefined {
    const { cluster, clock } = this.#site
    const found = this.#log(fault, 6)
    // Left out: a log that has lost how a transaction ended, and is told otherwise later, which nobody can find out.
    if (!found || found.replica.endsTransactionAfter(found.batch.baseOffset)) return undefined
    cluster.loseTail(topicName, found.partition, found.batch.baseOffset)
    // As in a power cut of all: a consumer that reads on notices sooner than one that is started again.
    if (fault.how < 0.6) for (const consumer of this.#site.consumers.values()) consumer.kill()
    return { until: clock.now + 1000 }
  }

  /** Has a broker that is cut off know the old topic alone, and nobody reach the others for a while. */
  #leaveBehind(fault: Fault): { until: number } | undefined {
    const { clock, cluster, network } = this.#site
    const behind = this.#broker(fault)
    if (!behind.isUp || behind.isCutOff || !cluster.view.topics.has(topicName)) return undefined
    cluster.cutOff(behind)
    this.#site.recreateTopic()
    const delayMs = fault.where * 2000
    clock.after(delayMs, () => {
      if (!behind.isCutOff) return
      for (const { port } of cluster.brokers) {
        if (port === behind.port) continue
        const obstacle = {
          port,
          client: undefined,
          kind: 'black hole',
          until: clock.now + fault.forMs,
        } as const
        network.obstacles.add(obstacle)
        network.cut(port)
        this.#takeAwayAfter(fault.forMs, () => network.obstacles.delete(obstacle))
      }
    })
    return this.#takeAwayAfter(delayMs + fault.forMs + 100, () => cluster.reconnect(behind))
  }

  #trim(fault: Fault): { until: number } | undefined {
    const found = this.#log(fault)
    if (!found || found.batch.baseOffset === 0) return undefined
    this.#site.cluster.trim(topicName, found.partition, found.batch.baseOffset)
    this.#site.isTrimmed = true
    return this.#now
  }

  /** Turns a bit of a batch round, on all disks, until a sound copy is put back. */
  #corrupt(fault: Fault): { until: number } | undefined {
    const batch = this.#log(fault)?.batch
    if (!batch) return undefined
    const sound = batch.bytes
    batch.bytes = Buffer.from(sound)
    const at = 21 + Math.floor(fault.how * (sound.length - 21))
    batch.bytes[at] = batch.bytes[at]! ^ (1 << Math.floor(fault.where * 8))
    return this.#takeAwayAfter(fault.forMs, () => {
      batch.bytes = sound
    })
  }

  /** A committed batch of a partition: one of so many of the newest. */
  #log(fault: Fault, newest = Number.POSITIVE_INFINITY) {
    const { cluster } = this.#site
    const partition = this.#partition(fault)
    const leader = cluster.leaderOf(topicName, partition)
    const replica = leader && cluster.replicaOf(leader, topicName, partition)
    const all = replica?.batches.filter(({ nextOffset }) => nextOffset <= replica.highWatermark) ?? []
    const committed = all.slice(-newest)
    const batch = committed[Math.floor(fault.where * committed.length)]
    return batch && { partition, batch, replica: replica! }
  }
}

function ambush({ where, how }: Fault, act: () => void): Ambush {
  const when = (['before', 'half-way', 'after'] as const)[Math.floor(how * 3)]!
  return { callsLeft: Math.floor(where * callsAhead), when, act }
}
