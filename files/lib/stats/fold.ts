import type { FoldEvents } from '../engine/application.ts'
import type { AbortedTransaction } from '../kafka/fetch.ts'
import { followTransactions, type Visibility } from '../kafka/read-committed.ts'
import {
  checkBatch,
  emptyHeader,
  emptyReader,
  nextRecord,
  openRecords,
  readBatchHeader,
  recordBytesMax,
} from '../kafka/record-batch.ts'
import { monthName } from '../weather/calendar.ts'
import { type DecodedReport, decodeReport } from '../weather/report.ts'
import { type Checkpoint, expectWhole, monthTable } from './checkpoint.ts'
import { foldUsual } from './fold-usual.ts'
import { addDay } from './stats.ts'

// Reused from batch to batch; the fold is synchronous, so one of each will do.
const header = emptyHeader()
const reader = emptyReader()
const report: DecodedReport = { year: 0, month: 0, day: 0, degrees: 0 }

/**
 * Folds fetched record batches into a checkpoint: each report into its month's stats, and the offset past it, batch by
 * batch. What lies before the checkpoint's offset is passed over: a batch fetched may begin earlier. A last batch cut
 * short is left for the next fetch.
 *
 * @param checkpoint changed in place; when this throws, part of a batch may be in it, and it cannot be written any more
 * @param bytes record batches of one fetch answer, one after the other
 * @param aborted the aborted transactions that the answer names
 * @throws OperatingError when a batch is damaged
 */
export function foldBatches(
  checkpoint: Checkpoint,
  bytes: Buffer,
  aborted: readonly AbortedTransaction[],
  events: FoldEvents,
): void {
  expectWhole(checkpoint)
  checkpoint.isWhole = false
  const visibilityOf = followTransactions(aborted)
  for (let position = 0; readBatchHeader(bytes, position, header); position += header.byteLength) {
    // Also of a batch that is passed over: only its checksum tells that its header says so rightly.
    checkBatch(bytes, header)
    const visibility = visibilityOf(bytes, header)
    openRecords(reader, bytes, header)
    if (header.nextOffset <= checkpoint.offset) {
      while (nextRecord(reader));
      continue
    }
    events.onEpoch(header.leaderEpoch, header.baseOffset)
    if (visibility === 'visible') foldRecords(checkpoint, events)
    else passRecords(checkpoint, visibility, events)
    checkpoint.offset = header.nextOffset
  }
  checkpoint.isWhole = true
}

function foldRecords(checkpoint: Checkpoint, { onRefused }: FoldEvents): void {
  for (;;) {
    foldUsual(checkpoint, reader)
    if (!nextRecord(reader)) return
    if (reader.offset < checkpoint.offset) continue
    const refusal = foldRecord(checkpoint)
    if (refusal) onRefused(reader.offset, refusal)
  }
}

/** Folds the record just read, whatever it is; returns why it is refused. */
function foldRecord(checkpoint: Checkpoint): string | undefined {
  const { bytes, keyStart, keyEnd, valueStart, valueEnd, excessiveBytes } = reader
  if (excessiveBytes > 0) return `it has ${excessiveBytes} bytes, expected at most ${recordBytesMax}`
  const refusal = decodeReport(bytes, keyStart, keyEnd, valueStart, valueEnd, report)
  if (refusal) return refusal
  const { year, month, day, degrees } = report
  const outcome = addDay(monthTable(checkpoint, monthName(month)), year, day, degrees)
  return outcome === 'overflow' ? `its degrees, ${degrees}, make the sum of its month infinite` : undefined
}

/** Passes over the records of a batch that are not for all to see, and tells of those aborted. */
function passRecords(checkpoint: Checkpoint, visibility: Visibility, { onAborted }: FoldEvents): void {
  let [first, count] = [0, 0]
  while (nextRecord(reader)) {
    if (reader.offset < checkpoint.offset) continue
    if (count === 0) first = reader.offset
    count++
  }
  if (visibility === 'aborted' && count > 0) onAborted(first, count)
}
