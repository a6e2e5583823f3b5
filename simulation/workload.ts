import { type BatchToBuild, buildBatch, type Compression, compressions } from '../test/support/build-batch.ts'
import type { Broker } from './kafka/broker.ts'
import type { NewBatch, SimulatedCluster } from './kafka/cluster.ts'
import type { LoggedRecord } from './kafka/replica.ts'
import type { Random } from './random.ts'

const monthNames =
  'January February March April May June July August September October November December'.split(' ')
/** Months by partition, as Kafka's murmur2 of their names puts them. */
const monthsOf = [
  [3, 8, 9],
  [2, 7],
  [1, 4, 6],
  [5, 10, 11, 12],
]
const longestTransactionMs = 4000

type Calendar = { year: number; month: number; day: number }

/** What producers write into a topic: weather with all that a log may hold besides. */
export class Workload {
  /** How many records were written. */
  records = 0
  readonly #random: Random
  readonly #compressions: readonly Compression[]
  readonly #hasTransactions: boolean
  /** By partition. */
  #calendars: Calendar[] = []
  /** When each transaction was begun. */
  readonly #begunAt = new Map<bigint, number>()

  constructor(random: Random) {
    this.#random = random
    this.#compressions = random.chance(0.3) ? compressions : ['none']
    this.#hasTransactions = random.chance(0.6)
    this.begin()
  }

  /** Begins anew, with a topic that was created. */
  begin(): void {
    this.#calendars = monthsOf.map((months) => ({ year: 1990, month: months[0]!, day: 0 }))
    this.#finished.clear()
  }

  /** Writes a batch into a partition, or ends a transaction there. */
  write(cluster: SimulatedCluster, topic: string, partition: number, now: number): void {
    const random = this.#random
    const open = openTransactions(cluster, topic, partition)
    const late = open.find((producerId) => now - this.#begunAt.get(producerId)! > longestTransactionMs)
    const [some] = open
    if (late ?? (some && random.chance(0.3))) return this.#end(cluster, topic, partition, (late ?? some)!)
    const isTransactional = this.#hasTransactions && random.chance(0.35)
    const producerId = isTransactional
      ? (random.chance(0.6) && some) || this.#idleProducer(partition, open)
      : undefined
    if (producerId !== undefined && producerId !== some) this.#begunAt.set(producerId, now)
    const batch = this.#batch(partition, producerId)
    if (cluster.write(topic, partition, batch)) this.records += batch.records.length
  }

  /** One of a few producers of a partition, each of which makes one transaction after the other. */
  #idleProducer(partition: number, open: readonly bigint[]): bigint {
    const all = [1n, 2n, 3n].map((number) => BigInt(partition) * 10n + number)
    return all.find((producerId) => !open.includes(producerId)) ?? all[0]!
  }

  /** Ends all transactions, and then writes one record more into each partition. @returns whether that is done */
  finish(cluster: SimulatedCluster, topic: string): boolean {
    for (const partition of monthsOf.keys()) {
      const open = openTransactions(cluster, topic, partition)
      for (const producerId of open) this.#end(cluster, topic, partition, producerId)
      if (open.length > 0 || this.#finished.has(partition)) continue
      if (cluster.write(topic, partition, this.#batch(partition, undefined))) this.#finished.add(partition)
    }
    return this.#finished.size === monthsOf.length
  }
  readonly #finished = new Set<number>()

  /** Writes records to a broker that believes to lead, and is cut off: they never are committed. */
  writeAside(cluster: SimulatedCluster, topic: string, partition: number, broker: Broker): void {
    cluster.write(topic, partition, this.#batch(partition, undefined), broker)
  }

  #end(cluster: SimulatedCluster, topic: string, partition: number, producerId: bigint): void {
    const marker = this.#random.chance(0.4) ? 'abort' : 'commit'
    const key = Buffer.from([0, 0, 0, marker === 'abort' ? 0 : 1])
    const bytes = buildBatch({
      records: [{ key, value: Buffer.alloc(6) }],
      isControl: true,
      isTransactional: true,
      producerId,
    })
    cluster.write(topic, partition, { bytes, offsets: 1, producerId, marker, records: [] })
  }

  #batch(partition: number, producerId: bigint | undefined): NewBatch {
    const random = this.#random
    // As compaction leaves them: offsets without a record, in the midst of a batch and at its end.
    const hasGaps = random.chance(0.03)
    let offset = 0
    const records = Array.from({ length: random.whole(1, 12) }, (): LoggedRecord => {
      if (hasGaps) offset += random.whole(0, 2)
      return { offsetDelta: offset++, ...this.#record(partition) }
    })
    const offsets = offset + (hasGaps ? random.whole(0, 2) : 0)
    const batch: BatchToBuild = { records, lastOffsetDelta: offsets - 1 }
    if (producerId !== undefined) Object.assign(batch, { isTransactional: true, producerId })
    const bytes = buildBatch({ ...batch, compression: random.pick(this.#compressions) })
    return { bytes, offsets, producerId, marker: undefined, records }
  }

  #record(partition: number): { key: Buffer | null; value: Buffer | null } {
    const random = this.#random
    if (random.chance(0.03)) return this.#badRecord(partition)
    const draw = random.between(0, 1)
    // A date again, as a lost acknowledgement makes it; or one of before, which comes late.
    const date =
      draw < 0.05 ? this.#today(partition) : draw < 0.07 ? this.#before(partition) : this.#next(partition)
    const degrees =
      draw < 0.05 ? 1_000_000 : random.chance(0.02) ? undefined : random.whole(-400, 11000) / 100
    const value = encode(textOf(date), degrees)
    return { key: keyOf(date), value: random.chance(0.05) ? otherwise(value, random) : value }
  }

  #badRecord(partition: number): { key: Buffer | null; value: Buffer | null } {
    const date = this.#today(partition)
    const key = keyOf(date)
    const good = encode(textOf(date), 50)
    return this.#random.pick([
      { key, value: null },
      { key: null, value: good },
      { key: keyOf({ ...date, month: (date.month % 12) + 1 }), value: good },
      { key, value: encode(`${date.year}-02-30`, 50) },
      { key, value: encode(textOf(date), Number.NaN) },
      { key, value: encode(textOf(date), Number.POSITIVE_INFINITY) },
      { key, value: good.subarray(0, 9) },
      { key, value: Buffer.alloc(0) },
      { key, value: Buffer.from([0xff, 0xff, 0xff]) },
      // Good alone; a second one in the month would make the sum infinite.
      { key, value: encode(textOf(this.#next(partition)), Number.MAX_VALUE) },
      { key: keyOf({ ...date, month: 2 }), value: encode('1900-02-29', 50) },
    ])
  }

  #today(partition: number): Calendar {
    const today = this.#calendars[partition]!
    return today.day === 0 ? this.#next(partition) : today
  }

  #before(partition: number): Calendar {
    const { year, month, day } = this.#today(partition)
    return { year, month, day: this.#random.whole(1, day) }
  }

  #next(partition: number): Calendar {
    const calendar = this.#calendars[partition]!
    const months = monthsOf[partition]!
    calendar.day += this.#random.chance(0.9) ? 1 : 2
    if (calendar.day > new Date(Date.UTC(calendar.year, calendar.month, 0)).getUTCDate()) {
      const index = months.indexOf(calendar.month) + 1
      calendar.month = months[index % months.length]!
      if (index === months.length) calendar.year += this.#random.pick([1, 1, 1, 7])
      calendar.day = 1
    }
    return calendar
  }
}

/** As the log has them: a marker that its leader took and the others never got has ended nothing, and is sent again. */
function openTransactions(cluster: SimulatedCluster, topic: string, partition: number): readonly bigint[] {
  const leader = cluster.leaderOf(topic, partition)
  return (leader && cluster.replicaOf(leader, topic, partition)?.openTransactions) ?? []
}

function keyOf({ month }: Calendar): Buffer {
  return Buffer.from(monthNames[month - 1]!)
}

function textOf({ year, month, day }: Calendar): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** A report in protobuf; without degrees, which then are 0. */
function encode(date: string, degrees: number | undefined): Buffer {
  const head = Buffer.concat([Buffer.from([0x0a, date.length]), Buffer.from(date)])
  if (degrees === undefined) return head
  const tail = Buffer.alloc(9)
  tail[0] = 0x11
  tail.writeDoubleLE(degrees, 1)
  return Buffer.concat([head, tail])
}

/** The same report in other bytes: its fields the other way round, or one more, as a later schema may have it. */
function otherwise(value: Buffer, random: Random): Buffer {
  const [date, degrees] = [value.subarray(0, 12), value.subarray(12)]
  return random.chance(0.5)
    ? Buffer.concat([degrees, date])
    : Buffer.concat([value, Buffer.from([0x18, 0x01])])
}
