import { monthName } from './calendar.ts'
import { type Checkpoint, monthTable } from './checkpoint.ts'
import { foldRun } from './fold-run.ts'
import { decodeRecords, emptyColumns, readBatchHeader } from './record-batch.ts'
import { type DecodedReport, decodeReport } from './report.ts'
import { addDay } from './stats.ts'

/** What the fold tells besides its result. */
export type FoldEvents = {
  /** A batch of that leader epoch begins at that offset; called before the batch is folded. */
  onEpoch: (leaderEpoch: number, firstOffset: number) => void
  /** A record was not counted because it is no report. */
  onRefused: (offset: number, reason: string) => void
}

// Reused from batch to batch; the fold is synchronous, so one of each will do.
const columns = emptyColumns()
const report: DecodedReport = { year: 0, month: 0, day: 0, degrees: 0 }

/**
 * Folds fetched record batches into a checkpoint: each report into its month's stats, and the offset past it, batch by
 * batch. What lies before the checkpoint's offset is passed over: a batch fetched may begin earlier. A last batch cut
 * short is left for the next fetch.
 *
 * @param checkpoint changed in place; when this throws, it is whole up to the batch before the damaged one
 * @param bytes record batches, one after the other
 * @throws OperatingError when a batch is damaged
 */
export function foldBatches(checkpoint: Checkpoint, bytes: Buffer, events: FoldEvents): void {
  for (let header = readBatchHeader(bytes, 0); header; ) {
    // Also of a batch that is passed over: only its checksum tells that its header says so rightly.
    decodeRecords(bytes, header, columns)
    if (header.nextOffset > checkpoint.offset) {
      events.onEpoch(header.leaderEpoch, header.baseOffset)
      if (!header.isControl) foldRecords(checkpoint, events)
      checkpoint.offset = header.nextOffset
    }
    header = readBatchHeader(bytes, header.position + header.byteLength)
  }
}

function foldRecords(checkpoint: Checkpoint, { onRefused }: FoldEvents): void {
  const { count, bytes, offsets, keyStarts, keyEnds, valueStarts, valueEnds } = columns
  const from = checkpoint.offset
  for (let i = 0; i < count; ) {
    const offset = offsets[i]!
    const refusal =
      offset >= from &&
      decodeReport(bytes, keyStarts[i]!, keyEnds[i]!, valueStarts[i]!, valueEnds[i]!, report)
    if (offset < from || refusal) {
      if (refusal) onRefused(offset, refusal)
      i++
      continue
    }
    const table = monthTable(checkpoint, monthName(report.month))
    if (addDay(table, report.year, report.day, report.degrees) === 'overflow')
      onRefused(offset, `its degrees, ${report.degrees}, make the sum of its month infinite`)
    i = foldRun(columns, i, report, table)
  }
}
