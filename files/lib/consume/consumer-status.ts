import type { StatusLine } from '../core/status-line.ts'
import { type KeptPartition, lagOf } from '../engine/kept-partition.ts'
import { openTransactionMs, type Status, writeStatus } from '../engine/status-file.ts'

/** Tells how a consumer goes: in the status files, on the terminal, and in plain lines elsewhere. */
export type ConsumerStatus = {
  /** To be called each second. */
  tick: () => void
  /** Tells of a record that was not counted; at most one line a second is printed, the rest are counted in it. */
  refuse: (partition: number, offset: number, reason: string) => void
  /** Says in the status files that the consumer has stopped, and why if it was not asked to. */
  stop: (error: string | null) => void
}

type Rate = { offset: number; atMs: number; perSecond: number }

/**
 * Makes the status of a consumer of these partitions.
 *
 * @param offlineSince since when no broker answers, undefined while one does
 */
export function createConsumerStatus(
  all: readonly KeptPartition[],
  line: StatusLine,
  offlineSince: () => number | undefined,
): ConsumerStatus {
  const rates = new Map<KeptPartition, Rate>()
  const refusals = createRefusals(line.say)
  const transactions = createTransactionTeller(line.say)
  const stateNow = (kept: KeptPartition) => stateOf(kept, offlineSince())
  let saidLive = false
  return {
    tick: () => {
      for (const kept of all) rates.set(kept, measure(rates.get(kept), kept.owned.checkpoint.offset))
      refusals.tick()
      for (const kept of all) transactions.tell(kept)
      for (const kept of all) write(kept, rates.get(kept), stateNow(kept), null)
      line.show(describe(all, rates, offlineSince()))
      const isLive = all.every((kept) => stateNow(kept) === 'live')
      if (isLive && !saidLive) line.say(`Caught up: ${all.map(offsetOf).join(', ')}.`)
      saidLive ||= isLive
    },
    refuse: refusals.add,
    stop: (error) => {
      refusals.tick()
      for (const kept of all) write(kept, rates.get(kept), 'stopped', error)
      line.end()
    },
  }
}

function write(
  kept: KeptPartition,
  rate: Rate | undefined,
  state: Status['state'],
  error: string | null,
): void {
  const { checkpoint, statusPath } = kept.owned
  const endOffset = kept.endOffset ?? null
  const { openTransaction } = kept
  writeStatus(statusPath, {
    ...{ state, offset: checkpoint.offset, endOffset, rate: rate?.perSecond ?? 0, error },
    ...(openTransaction && { openTransaction }),
  })
}

/** Says, once for each, that a transaction stays open, and that it has ended. */
function createTransactionTeller(say: (line: string) => void) {
  const told = new Map<KeptPartition, number>()
  return {
    tell: (kept: KeptPartition) => {
      const { openTransaction, owned } = kept
      const name = `partition ${owned.checkpoint.partition}`
      const before = told.get(kept)
      if (before !== undefined && before !== openTransaction?.firstOffset) {
        say(`${name}: the transaction that was open at offset ${before} has ended.`)
        told.delete(kept)
      }
      if (!isLongOpen(kept) || told.has(kept)) return
      const { firstOffset, since } = openTransaction!
      told.set(kept, firstOffset)
      say(
        `${name}: a transaction has been open at offset ${firstOffset} since ${new Date(since).toISOString()}. ` +
          'The records from there on are counted once its producer commits or aborts it.',
      )
    },
  }
}

function isLongOpen({ openTransaction }: KeptPartition): boolean {
  return openTransaction !== undefined && Date.now() - openTransaction.since >= openTransactionMs
}

function createRefusals(say: (line: string) => void) {
  let first = ''
  let more = 0
  return {
    add: (partition: number, offset: number, reason: string) => {
      if (first) more++
      else first = `partition ${partition}, offset ${offset}: refused, not counted: ${reason}.`
    },
    tick: () => {
      if (first) say(more > 0 ? `${first} And ${more} more.` : first)
      first = ''
      more = 0
    },
  }
}

function measure(before: Rate | undefined, offset: number): Rate {
  const atMs = performance.now()
  if (!before || offset < before.offset) return { offset, atMs, perSecond: 0 }
  const seconds = (atMs - before.atMs) / 1000
  return { offset, atMs, perSecond: Math.round((offset - before.offset) / seconds) }
}

function stateOf(kept: KeptPartition, offlineSince: number | undefined): Status['state'] {
  if (offlineSince !== undefined) return 'reconnecting'
  if (kept.endOffset === undefined) return 'waiting'
  return lagOf(kept) > 0 ? 'catching up' : 'live'
}

function describe(
  all: readonly KeptPartition[],
  rates: Map<KeptPartition, Rate>,
  offlineSince: number | undefined,
): string {
  const perSecond = all.reduce((sum, kept) => sum + rates.get(kept)!.perSecond, 0)
  const lag = all.reduce((sum, kept) => sum + lagOf(kept), 0)
  const left = lag > 0 && perSecond > 0 ? `, ${Math.ceil(lag / perSecond)} s left` : ''
  const trouble = offlineSince === undefined ? '' : ', broker away'
  const open = all.some(isLongOpen) ? ', waiting for an open transaction' : ''
  return `${perSecond} records/s, ${all.map(offsetOf).join(', ')}, lag ${lag}${left}${trouble}${open}`
}

function offsetOf({ owned: { checkpoint }, endOffset }: KeptPartition): string {
  return `partition ${checkpoint.partition} at ${checkpoint.offset} of ${endOffset ?? '?'}`
}
