import { isDeepStrictEqual } from 'node:util'
import { type SimpleFold, simpleAdd, simpleFile, simpleReport } from '../test/support/simple-fold.ts'
import type { Disk } from './disk.ts'
import type { SimulatedCluster } from './kafka/cluster.ts'
import type { Batch } from './kafka/replica.ts'
import { Misdeed } from './misdeed.ts'
import type { SimulatedProcess } from './simulated-process.ts'

/** How long a consumer takes at most from its start until it has opened its files, in milliseconds. */
const loadMsMax = 600
const partitions = [0, 1, 2, 3]
const fileOf = (partition: number) => `/data/partition-${partition}.json`
const memoryOf = (partition: number) => `/data/.almanac/partition-${partition}.json`

const statusOf = (partition: number) => `/data/.almanac/partition-${partition}.status.json`

/** What a partition file holds, who put it there, and when. */
type Held = {
  topicId: string
  offset: number
  by: SimulatedProcess | undefined
  at: number
  isDoubtful?: boolean
}

/**
 * Holds what the programs leave on the disk against the log, in a few lines of its own and without their code: the fold of
 * test/support/simple-fold.ts over what the brokers have committed.
 */
export class Judge {
  readonly #disk: Disk
  readonly #cluster: SimulatedCluster
  /** By partition, what its file held last. */
  readonly #held = new Map<number, Held>()
  /** The same as far as no power cut may take it back. */
  readonly #durable = new Map<number, Held>()
  /** What is in the archive for good, by path: the offset of each file. */
  readonly #archived = new Map<string, { offset: number; held: Held }>()
  /** By partition, when another hand has touched its file last. */
  readonly #touchedAt = new Map<number, number>()
  readonly #folds = new Map<string, Fold>()
  /** How many files were judged. */
  judged = 0

  constructor(disk: Disk, cluster: SimulatedCluster) {
    this.#disk = disk
    this.#cluster = cluster
  }

  /**
   * Judges a partition file that has just been put in its place.
   *
   * @throws Misdeed when it is not what the log makes, or its offset has gone back
   */
  judgeRename(by: SimulatedProcess, path: string, content: Buffer): void {
    const partition = partitions.find((one) => fileOf(one) === path)
    if (partition === undefined) return
    this.judged++
    if (by.startedAt + loadMsMax < (this.#touchedAt.get(partition) ?? 0))
      throw new Misdeed(`${path}: another hand had touched it, and ${by.name} wrote over it`)
    const offset = this.#expectRight(path, partition, content)
    const topicId = this.#topicOf(partition)
    const before = this.#held.get(partition)
    if (offset > 0 && before?.topicId === topicId && offset < before.offset)
      throw new Misdeed(`${path}: offset ${offset} after ${before.offset} of the same topic`)
    const held = { topicId, offset, by, at: by.clock.now }
    if (offset === 0 && before && before.offset > 0)
      this.#archived.set(this.#expectArchived(partition, before), { offset: before.offset, held })
    this.#settle(partition)
    this.#held.set(partition, held)
  }

  /** Notes that a program's work on the disk has failed: what it has just put there may not last, and it has said so. */
  noteFailure(by: SimulatedProcess): void {
    for (const held of this.#held.values())
      if (held.by === by && held.at === by.clock.now) held.isDoubtful = true
  }

  /** Notes that another hand has touched a partition's file: who keeps it must find out, and not write over it. */
  noteTouch(partition: number, now: number): void {
    this.#touchedAt.set(partition, now)
    this.accept()
  }

  /**
   * Takes the files as they are, after another hand or a power cut has changed them: the programs go on from there.
   */
  accept(): void {
    for (const partition of partitions) {
      const content = this.#disk.contentOf(fileOf(partition))
      this.#held.delete(partition)
      this.#durable.delete(partition)
      if (content === undefined) continue
      const { offset } = parse(fileOf(partition), content)
      this.#held.set(partition, { topicId: this.#topicOf(partition), offset, by: undefined, at: 0 })
    }
  }

  /**
   * Judges what a power cut has left: each file is one that was there, no older than what was durable, and its topic and
   * the leader epochs of its records are remembered.
   */
  judgePowerCut(): void {
    for (const partition of partitions) {
      this.#settle(partition)
      const path = fileOf(partition)
      const content = this.#disk.contentOf(path)
      const least = this.#durable.get(partition)
      if (!content) {
        if (least && least.offset > 0)
          throw new Misdeed(`${path}: a power cut took it, and it had been durable`)
        continue
      }
      const offset = this.#expectRight(path, partition, content)
      const { topicId, epochs } = this.#memory(partition)
      if (least && least.offset > 0 && offset === 0) this.#expectArchived(partition, least)
      else if (least?.topicId === topicId && offset < least.offset)
        throw new Misdeed(
          `${path}: a power cut took it back to offset ${offset}; ${least.offset} had been durable`,
        )
      for (const { leaderEpoch, baseOffset } of this.#historyOf(topicId, partition))
        if (baseOffset < offset && !epochs.some(([epoch]) => epoch === leaderEpoch))
          throw new Misdeed(`${path}: after a power cut epoch ${leaderEpoch} is not remembered`)
    }
    for (const [path, { offset, held }] of this.#archived) {
      const content = isDurable(held) ? this.#disk.contentOf(path) : undefined
      if (isDurable(held) && (!content || parse(path, content).offset !== offset))
        throw new Misdeed(`${path}: a power cut took it, and it had been durable`)
    }
    this.accept()
  }

  /** Judges what a consumer leaves at its end: all that it has folded, and no temporary file where it could not write. */
  judgeEnd({ end, stderr, argv }: SimulatedProcess): void {
    if (end?.by === 'itself' && end.code === 0) for (const word of argv) this.#expectWritten(Number(word))
    const path = end?.by === 'itself' ? /^(\S+): cannot be written \(/m.exec(stderr)?.[1] : undefined
    if (path && this.#disk.contentOf(`${path}.tmp`) && this.#disk.trouble?.code !== 'EROFS')
      throw new Misdeed(`${path}.tmp: is left over`)
  }

  /**
   * Judges a record that a consumer says it has refused.
   *
   * @throws Misdeed when it is a report that counts, or no record at all
   */
  judgeRefusal(partition: number, offset: number): void {
    const histories = this.#cluster.histories.entries().filter(([key]) => key.endsWith(`/${partition}`))
    const isBad = histories.some(([, all]) => all.some((history) => isRefused(history, offset)))
    if (!isBad)
      throw new Misdeed(`partition ${partition}, offset ${offset}: was refused, and is good or no record`)
  }

  /** What the file of a partition must be at a place in its log, not always between batches. */
  fileAt(partition: number, share: number): Buffer | undefined {
    const topicId = this.#topicOf(partition)
    const [history = []] = this.#cluster.histories.get(`${topicId}/${partition}`) ?? []
    const offset = Math.floor(share * (this.#held.get(partition)?.offset ?? 0))
    const file = new Fold(partition, history).fileAt(offset)
    return typeof file === 'string' || offset === 0 ? undefined : Buffer.from(JSON.stringify(file))
  }

  /** What was put there is durable once its writer has lived on: only then did it get to the end of its work. */
  #settle(partition: number): void {
    const held = this.#held.get(partition)
    if (held && !held.isDoubtful && (!held.by?.hasEnded || held.by.endedAt > held.at))
      this.#durable.set(partition, held)
  }

  /** Judges what is in the archive: the file of each topic is what its log makes. */
  judgeArchive(): void {
    for (const folder of this.#disk.namesIn('/data/archive'))
      for (const partition of partitions) {
        const path = `/data/archive/${folder}/partition-${partition}.json`
        const content = this.#disk.contentOf(path)
        if (content && this.#cluster.histories.has(`${folder}/${partition}`))
          this.#expectRight(path, partition, content, folder)
      }
  }

  /**
   * How far the file of a partition is behind the log of a topic; 0 when it has all.
   *
   * @param since when its consumer found that it must be counted again: a file from before that counts for nothing
   */
  lag(topicName: string, partition: number, since = 0): number {
    const topic = this.#cluster.view.topics.get(topicName)
    const leader = this.#cluster.leaderOf(topicName, partition)
    const end = leader && this.#cluster.replicaOf(leader, topicName, partition)?.lastStableOffset
    const held = this.#held.get(partition)
    if (end === undefined || !held || held.at < since || this.#topicOf(partition) !== topic?.id)
      return Number.POSITIVE_INFINITY
    return end - held.offset
  }

  /** Holds a file against what its consumer said last that it had folded. */
  #expectWritten(partition: number): void {
    const [content, status] = [fileOf(partition), statusOf(partition)].map((path) =>
      this.#disk.contentOf(path),
    )
    const isTouched = this.#held.get(partition)?.by === undefined
    if (!content || !status || isTouched) return
    const [written, folded] = [content, status].map((text) => parse(fileOf(partition), text).offset)
    if (written !== folded)
      throw new Misdeed(
        `${fileOf(partition)}: offset ${written}, and its consumer had folded to ${folded} when it was stopped`,
      )
  }

  /** @returns the offset of a file that is what the log makes up to there */
  #expectRight(path: string, partition: number, content: Buffer, topicId = this.#topicOf(partition)): number {
    const file = parse(path, content)
    const { offset } = file
    if (offset === 0) {
      if (!isDeepStrictEqual(file, { partition, offset: 0 }))
        throw new Misdeed(`${path}: offset 0 with results`)
      return 0
    }
    const histories = this.#cluster.histories.get(`${topicId}/${partition}`)
    if (!histories) throw new Misdeed(`${path}: offset ${offset}, and no topic is remembered`)
    // Of a log whose disks lost their tail, what was read before that is right as well.
    let why = ''
    for (const [index, history] of histories.entries()) {
      const expected = this.#fold(`${topicId}/${partition}/${index}`, history).fileAt(offset)
      if (isDeepStrictEqual(expected, file)) return offset
      why = typeof expected === 'string' ? expected : firstDifference(file, expected)
    }
    throw new Misdeed(`${path}: offset ${offset}: ${why}`)
  }

  #expectArchived(partition: number, before: Held): string {
    const paths = this.#disk
      .namesIn('/data/archive')
      .map((folder) => `/data/archive/${folder}/partition-${partition}.json`)
    const found = paths.find((path) => {
      const content = this.#disk.contentOf(path)
      return content && parse(path, content).offset === before.offset
    })
    if (found) return found
    throw new Misdeed(`${fileOf(partition)}: begins again, and offset ${before.offset} is not in the archive`)
  }

  #fold(key: string, history: readonly Batch[]): Fold {
    const found = this.#folds.get(key) ?? new Fold(Number(key.split('/')[1]), history)
    this.#folds.set(key, found)
    return found
  }

  #historyOf(topicId: string, partition: number): readonly Batch[] {
    const histories = this.#cluster.histories.get(`${topicId}/${partition}`) ?? []
    return histories.length === 1 ? histories[0]! : []
  }

  #topicOf(partition: number): string {
    return this.#memory(partition).topicId
  }

  #memory(partition: number): { topicId: string; epochs: [number, number][] } {
    const content = this.#disk.contentOf(memoryOf(partition))
    if (!content) return { topicId: '', epochs: [] }
    return parse(memoryOf(partition), content) as never
  }
}

/** The fold of a log, which goes on with it. */
class Fold {
  readonly #partition: number
  readonly #history: readonly Batch[]
  #state: SimpleFold = { offset: 0, months: new Map() }
  #last: object | undefined

  constructor(partition: number, history: readonly Batch[]) {
    this.#partition = partition
    this.#history = history
  }

  /** What the file must be at an offset; or, as a text, why there can be none. */
  fileAt(offset: number): object | string {
    if (this.#last && this.#state.offset === offset) return this.#last
    if (offset < this.#state.offset) this.#state = { offset: 0, months: new Map() }
    const end = this.#history.at(-1)?.nextOffset ?? 0
    if (offset > end) return `no more than ${end} is committed`
    const added = this.#history.filter(
      (batch) => batch.nextOffset > this.#state.offset && batch.baseOffset < offset,
    )
    const undecided = added.find((batch) => this.#endOf(batch) === undefined)
    if (undecided) return `the transaction at ${undecided.baseOffset} is open`
    for (const batch of added) if (this.#endOf(batch) === 'commit') this.#add(batch, offset)
    this.#state.offset = offset
    this.#last = simpleFile(this.#state, this.#partition)
    return this.#last
  }

  #add({ baseOffset, records }: Batch, until: number): void {
    for (const { offsetDelta, key, value } of records) {
      const offset = baseOffset + offsetDelta
      const report = offset >= this.#state.offset && offset < until ? simpleReport(key, value) : undefined
      if (report) simpleAdd(this.#state, report)
    }
  }

  /** How the transaction of a batch ended; undefined while it is open. What is in none is committed. */
  #endOf({ producerId, baseOffset }: Batch): 'commit' | 'abort' | undefined {
    if (producerId === undefined) return 'commit'
    const end = this.#history.find(
      (batch) => batch.marker && batch.producerId === producerId && batch.baseOffset >= baseOffset,
    )
    return end?.marker
  }
}

/** Whether its writer got to the end of its work, so that no power cut may take back what it put there. */
function isDurable({ by, at, isDoubtful }: Held): boolean {
  return !isDoubtful && (!by?.hasEnded || by.endedAt > at)
}

/** Whether the record at an offset is none that counts: no report, or one that makes its month's sum no number. */
function isRefused(history: readonly Batch[], offset: number): boolean {
  const batch = history.find((one) => one.baseOffset <= offset && one.nextOffset > offset)
  const record = batch?.records.find(({ offsetDelta }) => batch.baseOffset + offsetDelta === offset)
  const report = record && simpleReport(record.key, record.value)
  return record !== undefined && (!report || report.degrees === Number.MAX_VALUE)
}

function parse(path: string, content: Buffer): { offset: number } {
  try {
    return JSON.parse(String(content))
  } catch {
    throw new Misdeed(`${path}: is no JSON: ${JSON.stringify(String(content).slice(0, 80))}`)
  }
}

function firstDifference(found: object, expected: object, at = ''): string {
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const [one, other] = [(found as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key]]
    if (isDeepStrictEqual(one, other)) continue
    const path = at ? `${at}.${key}` : key
    if (one && other && typeof one === 'object') return firstDifference(one, other, path)
    return `${path} is ${JSON.stringify(one)}, the log makes ${JSON.stringify(other)}`
  }
  return 'the same'
}
