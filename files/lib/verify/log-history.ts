import { OperatingError } from '../core/program.ts'
import type { BrokerSettings } from '../core/settings.ts'
import { Cluster } from '../kafka/cluster.ts'
import { checkPartitionCount, type Topic } from '../kafka/metadata.ts'
import { isNetworkError, reason } from '../kafka/network-error.ts'
import { daysInMonth, type MonthName, monthNames } from '../weather/calendar.ts'
import { partitionCount, partitions } from '../weather/partitions.ts'
import {
  dateIn,
  emptyRecount,
  type Kind,
  type LoggedRecord,
  type Recount,
  recount,
  verdictOf,
} from './recount.ts'
import { type ReplayedLog, replay } from './replay.ts'

/** A record of the log that is a report, and what it is to the statistics. */
export type LoggedReport = {
  offset: number
  date: string
  /** °F. */
  degrees: number
  kind: Extract<Kind, 'counted' | 'duplicate' | 'late'>
}

/** A month of one year as its partition file had it, with the file's partition and offset. */
export type LoggedMonth = {
  name: MonthName
  year: number
  count: number
  /** °F. */
  sum: number
  avg: number
  start: string
  end: string
  /** How many days in a row are missing at most, those before the first and after the last one included. */
  longestGap: number
  partition: number
  offset: number
}

/** The highest value counted of a day of the year, °F, and its first year. */
export type DayRecord = { year: number; degrees: number }

/** Where the log is. */
export type LogPlace = { settings: BrokerSettings; topicName: string }

const recordKinds = ['counted', 'duplicate', 'late', 'refused', 'aborted'] as const satisfies readonly Kind[]
const counted = recordKinds.indexOf('counted')
const aborted = recordKinds.indexOf('aborted')
// Of one partition, 21 bytes a record: 84 MB for all four, 11,000 years of days.
const offsetsMax = 1_000_000
const answerMs = 3000
const readMs = 30_000

/**
 * The log as verify.ts counts it, kept in memory and read on when asked, so that what the files said at any day, and the
 * records behind any of their numbers, are at hand. It is counted by the means of recount.ts, not by the consumer's.
 */
export class LogHistory {
  readonly #place: LogPlace
  readonly #cluster: Cluster
  #topic: Topic | undefined
  #logs: PartitionLog[] = []
  #reading: Promise<void> | undefined
  #readAt = Number.NEGATIVE_INFINITY
  readonly #closing = new AbortController()

  constructor(place: LogPlace) {
    this.#place = place
    this.#cluster = new Cluster(place.settings, 'almanac-page')
  }

  /**
   * Makes sure that a broker answers and has the topic.
   *
   * @throws OperatingError with the reason when not, after 3 s at most
   */
  async findTopic(): Promise<Topic> {
    const { settings, topicName } = this.#place
    const where = settings.bootstrapBrokers.join(',')
    const late = new OperatingError(`no broker answers at ${where} within ${answerMs / 1000} s`)
    const found = await within(answerMs, this.#cluster.describeTopic(topicName), late).catch(
      (cause: unknown) => {
        if (!isNetworkError(cause)) throw cause
        throw new OperatingError(`no broker answers at ${where} (${reason(cause)})`, { cause })
      },
    )
    if (!found) throw new OperatingError(`the broker at ${where} has no topic ${topicName}`)
    checkPartitionCount(found, topicName, partitionCount)
    return found
  }

  /**
   * Reads on to the end that the log has now, unless that was done a moment ago.
   *
   * @param ageMs how long ago it may have been
   * @throws OperatingError with the reason when the log cannot be read, has lost its first records, or is too long
   */
  async readOn(ageMs = 0): Promise<void> {
    const askedAt = performance.now()
    while (askedAt - this.#readAt > ageMs) {
      this.#reading ??= this.#readToEnd().finally(() => {
        this.#reading = undefined
      })
      await this.#reading
    }
  }

  /** By partition, how far the log was read: one past the last record. */
  offsets(): number[] {
    return this.#logs.map(({ offset }) => offset)
  }

  /** What the partition files held before the first report of a later date, as `verify.ts --at-date` has it. */
  monthsAt(date: string): LoggedMonth[] {
    return this.#logs.flatMap((log) => monthsUntil(log, dayOf(date)))
  }

  /** The reports of a month of one year, in the order of the log, before an offset of its partition. */
  reportsOf(partition: number, name: MonthName, year: number, until: number): LoggedReport[] {
    const log = this.#logs[partition]!
    const [first, last] = monthRange(name, year)
    const reports: LoggedReport[] = []
    for (let i = 0; i < log.size && log.offsets[i]! < until; i++) {
      const [day, kind] = [log.days[i]!, recordKinds[log.kinds[i]!]!]
      if (day < first || day > last || kind === 'refused' || kind === 'aborted') continue
      reports.push({ offset: log.offsets[i]!, date: dateOf(day), degrees: log.degrees[i]!, kind })
    }
    return reports
  }

  /** By day of the month, from 1, the highest value counted in any year. */
  dayRecords(partition: number, name: MonthName): (DayRecord | undefined)[] {
    const log = this.#logs[partition]!
    const month = monthNames.indexOf(name) + 1
    const records: (DayRecord | undefined)[] = []
    for (let i = 0; i < log.size; i++) {
      if (log.kinds[i] !== counted) continue
      const [day, degrees] = [log.days[i]!, log.degrees[i]!]
      if (Math.floor(day / 100) % 100 !== month) continue
      if (degrees > (records[day % 100]?.degrees ?? Number.NEGATIVE_INFINITY))
        records[day % 100] = { year: Math.floor(day / 10_000), degrees }
    }
    return records
  }

  close(): void {
    this.#closing.abort()
    this.#cluster.close()
  }

  async #readToEnd(): Promise<void> {
    const begin = performance.now()
    const topic = await this.findTopic()
    if (topic.id !== this.#topic?.id) this.#logs = partitions.map(emptyLog)
    this.#topic = topic
    const { topicName } = this.#place
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(readMs)])
    const log = { cluster: this.#cluster, topic, name: topicName, signal, say: () => {} }
    try {
      await Promise.all(this.#logs.map((own) => readLogOn(own, log)))
    } catch (cause) {
      // What was read of a batch stays; the next reading begins anew, for a half of it must not be counted twice.
      this.#logs = partitions.map(emptyLog)
      if (cause instanceof OperatingError) throw cause
      if (isNetworkError(cause))
        throw new OperatingError(`the log cannot be read (${reason(cause)})`, { cause })
      if (signal.aborted)
        throw new OperatingError(`the log was not read within ${readMs / 1000} s`, { cause })
      throw cause
    }
    this.#readAt = begin
  }
}

/** The records of a partition in the order of its log, a column each. */
type PartitionLog = {
  partition: number
  /** One past the last record read. */
  offset: number
  state: Recount
  size: number
  /** Year, month and day as one number, 20100131; 0 for a record without a date. */
  days: Int32Array
  degrees: Float64Array
  offsets: Float64Array
  kinds: Uint8Array
}

function emptyLog(partition: number): PartitionLog {
  const size = 4096
  const columns = { days: new Int32Array(size), degrees: new Float64Array(size) }
  const more = { offsets: new Float64Array(size), kinds: new Uint8Array(size) }
  return { partition, offset: 0, state: emptyRecount(), size: 0, ...columns, ...more }
}

async function readLogOn(own: PartitionLog, log: ReplayedLog): Promise<void> {
  const { partition } = own
  const led = log.topic.partitions[partition]!
  const { logStart, logEnd } = await log.cluster.readLogRange(log.name, partition, led)
  if (logEnd > offsetsMax)
    throw new OperatingError(
      `the log of partition ${partition} has come to offset ${logEnd}, and the page keeps ${offsetsMax} records: ask verify.ts`,
    )
  if (logStart > 0)
    throw new OperatingError(`the log of partition ${partition} begins at offset ${logStart}, not at 0`)
  if (logEnd < own.offset)
    throw new OperatingError(`the log of partition ${partition} has lost its last records`)
  await replay(log, partition, own.offset, logEnd, (record, isAborted) => {
    add(own, record, isAborted)
    return true
  })
  own.offset = logEnd
}

function add(own: PartitionLog, record: LoggedRecord, isAborted: boolean): void {
  if (own.size === own.days.length) grow(own)
  const kind = recount(own.state, record, isAborted)
  const at = own.size++
  own.offsets[at] = record.offset
  own.kinds[at] = recordKinds.indexOf(kind)
  const verdict = verdictOf(own.state, kind)
  if ('date' in verdict) {
    own.days[at] = dayOf(verdict.date)
    own.degrees[at] = verdict.degrees
  } else if (kind === 'refused') own.days[at] = dayOf(dateIn(record) ?? '0')
}

function grow(own: PartitionLog): void {
  const size = own.days.length * 2
  for (const [name, column] of [
    ['days', new Int32Array(size)],
    ['degrees', new Float64Array(size)],
    ['offsets', new Float64Array(size)],
    ['kinds', new Uint8Array(size)],
  ] as const) {
    column.set(own[name])
    Object.assign(own, { [name]: column })
  }
}

/** Adds up what was counted before the first report of a later day. */
function monthsUntil(log: PartitionLog, until: number): LoggedMonth[] {
  const { partition, size, days, degrees, offsets, kinds } = log
  let end = 0
  while (end < size && !(kinds[end] !== aborted && days[end]! > until)) end++
  const offset = end < size ? offsets[end]! : log.offset
  const months = new Map<number, LoggedMonth>()
  for (let i = 0; i < end; i++) {
    if (kinds[i] !== counted) continue
    const [date, sum, key] = [dateOf(days[i]!), degrees[i]!, Math.floor(days[i]! / 100)]
    const day = days[i]! % 100
    const found = months.get(key)
    if (found) {
      found.longestGap = Math.max(found.longestGap, day - Number(found.end.slice(8)) - 1)
      found.count++
      found.sum += sum
      found.end = date
    } else {
      const [name, year] = [monthNames[(key % 100) - 1]!, Math.floor(key / 100)]
      const first = { count: 1, sum, avg: sum, start: date, end: date, longestGap: day - 1 }
      months.set(key, { name, year, ...first, partition, offset })
    }
  }
  for (const [key, month] of months) {
    month.avg = month.sum / month.count
    const after = daysInMonth(month.year, key % 100) - Number(month.end.slice(8))
    month.longestGap = Math.max(month.longestGap, after)
  }
  return [...months.values()]
}

function dayOf(date: string): number {
  return Number(date.replaceAll('-', ''))
}

function dateOf(day: number): string {
  const digits = String(day).padStart(8, '0')
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
}

function monthRange(name: MonthName, year: number): [first: number, last: number] {
  const month = (year * 100 + monthNames.indexOf(name) + 1) * 100
  return [month + 1, month + 31]
}

async function within<Result>(ms: number, work: Promise<Result>, late: Error): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), ms)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
