import type { Checkpoint } from './application.ts'
import type { OwnedPartition } from './owned-partition.ts'
import type { OpenTransaction } from './status-file.ts'

/** A partition while its file is kept: what is known of the log's end, and what the file does not have yet. */
export type KeptPartition<State extends Checkpoint = Checkpoint> = {
  owned: OwnedPartition<State>
  /** One past the newest committed record, as the broker said last; undefined before it has. */
  endOffset: number | undefined
  /** The same when the topic was begun. */
  endAtStart: number | undefined
  /** Whether the last records folded were the last that had been waiting: the file is then written at once. */
  hasCaughtUp: boolean
  /** The transaction that holds back what lies behind it; undefined while there is none. */
  openTransaction: OpenTransaction | undefined
  /** When the first record was folded that the file does not have, as performance.now() has it; Infinity without one. */
  unwrittenSince: number
}

export function keptPartition<State extends Checkpoint>(owned: OwnedPartition<State>): KeptPartition<State> {
  const unwrittenSince = Number.POSITIVE_INFINITY
  return {
    ...{ owned, endOffset: undefined, endAtStart: undefined, openTransaction: undefined },
    ...{ hasCaughtUp: false, unwrittenSince },
  }
}

/** How many records wait after the last one folded, as far as the broker has said. */
export function lagOf({ owned, endOffset }: KeptPartition): number {
  return Math.max((endOffset ?? 0) - owned.checkpoint.offset, 0)
}
