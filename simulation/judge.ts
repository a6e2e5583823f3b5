import { isDeepStrictEqual } from 'node:util'
import { type SimpleFold, simpleAdd, simpleFile, simpleReport } from '../test/support/simple-fold.ts'
import type { Disk } from './disk.ts'
import type { SimulatedCluster } from './kafka/cluster.ts'
import type { Batch } from './kafka/replica.ts'
import { Misdeed } from './misdeed.ts'
import type { SimulatedProcess } from './simulated-process.ts'

const partitions = [0, 1, 2, 3]
const fileOf = (partition: number) => `/data/partition-${partition}.json`
const memoryOf = (partition: number) => `/data/.almanac/partition-${partition}.json`

/** What a partition file holds, who put it there, and when. */
type Held = { topicId: string; offset: number; by: SimulatedProcess | undefined; at: number }

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
    const offset = this.#expectRight(path, partition, content)
    const topicId = this.#topicOf(partition)
    const before = this.#held.get(partition)
    if (offset > 0 && before?.topicId === topicId && offset < before.offset)
      throw new Misdeed(`${path}: offset ${offset} after ${before.offset} of the same topic`)
    if (offset === 0 && before && before.offset > 0) this.#expectArchived(partition, before)
    this.#settle(partition)
    this.#held.set(partition, { topicId, offset, by, at: by.clock.now })
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
        if (least && least.offset > 0) throw new Misdeed(`${path}: a power cut took it, and it had been durable`)
        continue
      }
      const offset = this.#expectRight(path, partition, content)
      const { topicId, epochs } = this.#memory(partition)
      if (least?.topicId === topicId && offset < least.offset)
        throw new Misdeed(`${path}: a power cut took it back to offset ${offset}; ${least.offset} had been durable`)
      for (const { leaderEpoch, baseOffset } of this.#historyOf(topicId, partition))
        if (baseOffset < offset && !epochs.some(([epoch]) => epoch === leaderEpoch))
          throw new Misdeed(`${path}: after a power cut epoch ${leaderEpoch} is not remembered`)
    }
    this.accept()
  }

  /** What was put there is durable once its writer has lived on: only then did it get to the end of its work. */
  #settle(partition: number): void {
    const held = this.#held.get(partition)
    if (held && (!held.by?.hasEnded || held.by.endedAt > held.at)) this.#durable.set(partition, held)
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

  /** How far the file of a partition is behind the log of a topic; 0 when it has all. */
  lag(topicName: string, partition: number): number {
    const topic = this.#cluster.view.topics.get(topicName)
    const leader = this.#cluster.leaderOf(topicName, partition)
    const end = leader && this.#cluster.replicaOf(leader, topicName, partition)?.lastStableOffset
    const held = this.#held.get(partition)
    if (end === undefined || !topic) return Number.POSITIVE_INFINITY
    if (!held || held.topicId !== topic.id) return end
    return end - held.offset
  }

  /** @returns the offset of a file that is what the log makes up to there */
  #expectRight(path: string, partition: number, content: Buffer, topicId = this.#topicOf(partition)): number {
    const file = parse(path, content)
    const { offset } = file
    if (offset === 0) {
      if (!isDeepStrictEqual(file, { partition, offset: 0 })) throw new Misdeed(`${path}: offset 0 with results`)
      return 0
    }
    const histories = this.#cluster.histories.get(`${topicId}/${partition}`)
    if (!histories) throw new Misdeed(`${path}: offset ${offset}, and no topic is remembered`)
    // Of a log whose disks lost their tail, what was read before that is right as well.
    const expected = histories.map((history, index) => this.#fold(`${topicId}/${partition}/${index}`, history).fileAt(offset))
    if (expected.some((one) => isDeepStrictEqual(one, file))) return offset
    throw new Misdeed(`${path}: ${firstDifference(file, expected.at(-1)!)}`)
  }

  #expectArchived(partition: number, before: Held): void {
    const archived = this.#disk.namesIn('/data/archive').flatMap((folder) => {
      const content = this.#disk.contentOf(`/data/archive/${folder}/partition-${partition}.json`)
      return content ? [parse(folder, content).offset] : []
    })
    if (!archived.includes(before.offset))
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

  /** What the file must be at an offset. */
  fileAt(offset: number): object {
    const state = this.#state
    if (this.#last && state.offset === offset) return this.#last
    if (offset < state.offset) this.#state = { offset: 0, months: new Map() }
    this.#goOn(offset)
    this.#last = simpleFile(this.#state, this.#partition)
    return this.#last
  }

  #goOn(until: number): void {
    const { offset: from, months } = this.#state
    const fold = { offset: until, months }
    const end = this.#history.at(-1)?.nextOffset ?? 0
    if (until > end) throw new Misdeed(`partition ${this.#partition}: offset ${until}, and ${end} is committed`)
    for (const batch of this.#history) {
      if (batch.nextOffset <= from || batch.baseOffset >= until || batch.marker) continue
      if (batch.producerId !== undefined && this.#endOf(batch) === 'abort') continue
      for (const { offsetDelta, key, value } of batch.records) {
        const offset = batch.baseOffset + offsetDelta
        const report = offset >= from && offset < until ? simpleReport(key, value) : undefined
        if (report) simpleAdd(fold, report)
      }
    }
    this.#state = fold
  }

  /** How the transaction of a batch ended. */
  #endOf({ producerId, baseOffset }: Batch): 'commit' | 'abort' {
    const marker = this.#history.find(
      (batch) => batch.marker && batch.producerId === producerId && batch.baseOffset > baseOffset,
    )
    if (!marker) throw new Misdeed(`partition ${this.#partition}: counted the open transaction at ${baseOffset}`)
    return marker.marker!
  }
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
