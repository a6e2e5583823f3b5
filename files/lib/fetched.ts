import type { Topic } from './topic.ts'

/** What a partition reader brings, in the order of the log for each partition. */
export type Fetched =
  /** Record batches, perhaps none, perhaps beginning before the offset asked for; `bytes` are written
   * over after two more reads; `endOffset` as the broker said then. */
  | { kind: 'records'; partition: number; from: number; bytes: Buffer; endOffset: number }
  /** The topic is there, for the first time or under a new id: `begin` says from where to read it. */
  | { kind: 'topic'; topic: Topic }
  /** The log has lost records that we read: of the epoch of ours it holds those before `endOffset`. */
  | { kind: 'diverged'; partition: number; epoch: number; endOffset: number }
  /** The log does not hold the offset asked for. */
  | { kind: 'out of range'; partition: number; logStart: number; logEnd: number }
