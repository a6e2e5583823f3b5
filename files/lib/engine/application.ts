import type { FetchedRecords } from '../kafka/partition-reader.ts'

/** The least that the engine must know of an application's state of one partition. */
export type Checkpoint = {
  partition: number
  /** Of the next record to read: one past the last one folded. */
  offset: number
}

/** What an application tells while it folds. */
export type FoldEvents = {
  /** A batch of that leader epoch begins at that offset; to be called before the batch is folded. */
  onEpoch: (leaderEpoch: number, firstOffset: number) => void
  /** A record was not counted, for that reason. */
  onRefused: (offset: number, reason: string) => void
  /** So many records, from that offset on, were not counted because their transaction was aborted. */
  onAborted: (firstOffset: number, count: number) => void
}

/**
 * What an application brings to the engine: a state of one partition, which begins empty, takes in records, and is written
 * to a file and read from it. The engine does the rest: exactly once, whatever is killed and whenever.
 */
export type Application<State extends Checkpoint> = {
  /** The state before the first record: offset 0. */
  empty(partition: number): State
  /**
   * Takes in records and moves the state's offset to `records.nextOffset`. Passes over those before the state's offset, for
   * a batch may begin earlier. When it throws, the state is not written any more.
   *
   * @throws OperatingError when a batch is damaged
   */
  fold(state: State, records: FetchedRecords, events: FoldEvents): void
  /** The file's text: state and offset in one piece. */
  format(state: State): Buffer[]
  /**
   * Reads such a text.
   *
   * @param path names the file in errors
   * @throws OperatingError for a text that `format` did not write
   */
  parse(text: string, partition: number, path: string): State
  /**
   * What is kept beside the file because the file's form has no place for it: the whole of it when it has changed since this
   * was asked last, else undefined. It is written before the file, so after a crash it may be ahead of the file, by records
   * that are then folded again; it is never behind. It goes with the topic: one that is created anew begins without.
   */
  newSupplement?(state: State): object | undefined
  /** Takes in what was kept beside the file, after `parse`. It may be ahead of the state, or of anybody's making. */
  recall?(state: State, supplement: object | undefined): void
}
