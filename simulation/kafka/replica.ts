/** A record batch as it lies in a log. */
export type Batch = {
  bytes: Buffer
  baseOffset: number
  /** One past the last offset. */
  nextOffset: number
  leaderEpoch: number
  /** Of the transaction that it belongs to; undefined outside of one. */
  producerId: bigint | undefined
  /** For the marker that ends a transaction: how. */
  marker: 'commit' | 'abort' | undefined
  /** What was written, for the judge alone. */
  records: readonly LoggedRecord[]
}

/** A record as it was written; its offset is the batch's base offset and this delta. */
export type LoggedRecord = { offsetDelta: number; key: Buffer | null; value: Buffer | null }

type Transaction = { producerId: bigint; first: number; last: number; isAborted: boolean }

/** One broker's copy of a partition's log. @see Kafka, UnifiedLog.scala, LeaderEpochFileCache.java */
export class Replica {
  readonly batches: Batch[] = []
  logStart = 0
  highWatermark = 0
  /** Which leader epoch wrote the records from which offset on. */
  epochs: { epoch: number; start: number }[] = []

  get logEnd(): number {
    return this.batches.at(-1)?.nextOffset ?? this.logStart
  }

  append(batch: Batch): void {
    if (batch.leaderEpoch > (this.epochs.at(-1)?.epoch ?? -1)) this.beginEpoch(batch.leaderEpoch)
    this.batches.push(batch)
  }

  beginEpoch(epoch: number): void {
    const start = this.logEnd
    this.epochs = this.epochs.filter((before) => before.epoch < epoch && before.start < start)
    this.epochs.push({ epoch, start })
  }

  /** Takes away what lies at `offset` and after it. */
  truncate(offset: number): void {
    while (this.batches.length > 0 && this.batches.at(-1)!.nextOffset > offset) this.batches.pop()
    this.epochs = this.epochs.filter(({ start }) => start < this.logEnd)
    this.highWatermark = Math.min(this.highWatermark, this.logEnd)
  }

  /** Lets nobody read any more what lies before an offset: whole segments alone leave the disk. */
  trim(offset: number): void {
    if (offset <= this.logStart) return
    this.logStart = offset
    const first = this.epochs.findLast(({ start }) => start <= offset)
    this.epochs = this.epochs.filter(({ start }) => start > offset)
    if (first) this.epochs.unshift({ epoch: first.epoch, start: offset })
  }

  /** Makes it what a leader has, as far as that goes: what only we have is not in the log. */
  follow(leader: Replica): void {
    const theirs = new Set(leader.batches)
    const alien = this.batches.find((batch) => !theirs.has(batch))
    if (alien) this.truncate(alien.baseOffset)
    const end = this.logEnd
    for (const batch of leader.batches) if (batch.baseOffset >= end) this.append(batch)
    this.epochs = [...leader.epochs]
    this.trim(leader.logStart)
    this.highWatermark = Math.min(leader.highWatermark, this.logEnd)
  }

  /** Where the records of an epoch end; -1 for both where that is not known. */
  endOfEpoch(epoch: number): { epoch: number; end: number } {
    const unknown = { epoch: -1, end: -1 }
    const latest = this.epochs.at(-1)
    if (!latest || epoch < 0) return unknown
    if (epoch === latest.epoch) return { epoch, end: this.logEnd }
    const higher = this.epochs.find((one) => one.epoch > epoch)
    if (!higher) return unknown
    const floor = this.epochs.findLast((one) => one.epoch <= epoch)
    return { epoch: floor?.epoch ?? epoch, end: higher.start }
  }

  /** One past the last record that is decided and replicated. */
  get lastStableOffset(): number {
    let stable = this.highWatermark
    for (const { first, last } of this.#transactions())
      if (last >= this.highWatermark) stable = Math.min(stable, first)
    return stable
  }

  /** The producers whose transactions are open at the log's end. */
  get openTransactions(): bigint[] {
    return this.#transactions().flatMap(({ producerId, last }) =>
      last === Number.POSITIVE_INFINITY ? [producerId] : [],
    )
  }

  /** Whether a transaction that has ended would be open again without what lies at an offset and after it. */
  endsTransactionAfter(offset: number): boolean {
    return this.#transactions().some(
      ({ first, last }) => first < offset && last >= offset && last < this.logEnd,
    )
  }

  /** The aborted transactions with records in a range of offsets. */
  abortedBetween(from: number, until: number): Transaction[] {
    return this.#transactions().filter(
      ({ isAborted, first, last }) => isAborted && first < until && last >= from,
    )
  }

  /** The batches from the one with that offset on, up to an offset, cut where the limit falls; the first one whole. */
  read(from: number, until: number, bytesMax: number): Buffer {
    const found = this.batches.filter((batch) => batch.nextOffset > from && batch.baseOffset < until)
    if (!found[0]) return Buffer.alloc(0)
    return Buffer.concat(found.map(({ bytes }) => bytes)).subarray(
      0,
      Math.max(bytesMax, found[0].bytes.length),
    )
  }

  #transactions(): Transaction[] {
    const [all, open] = [[] as Transaction[], new Map<bigint, Transaction>()]
    for (const { producerId, marker, baseOffset } of this.batches) {
      if (producerId === undefined) continue
      const own = open.get(producerId)
      if (marker && own) {
        own.last = baseOffset
        own.isAborted = marker === 'abort'
        open.delete(producerId)
      } else if (!marker && !own) {
        const begun = { producerId, first: baseOffset, last: Number.POSITIVE_INFINITY, isAborted: false }
        open.set(producerId, begun)
        all.push(begun)
      }
    }
    return all
  }
}
