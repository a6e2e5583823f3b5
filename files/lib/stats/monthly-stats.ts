import type { Application } from '../engine/application.ts'
import { type Checkpoint, emptyCheckpoint, formatCheckpoint } from './checkpoint.ts'
import { foldBatches } from './fold.ts'
import { newMissingDays, recallMissingDays } from './missing-days.ts'
import { parseCheckpoint } from './parse-checkpoint.ts'

/** The application that runs on the engine: monthly statistics of daily maximum temperatures. */
export const monthlyStats: Application<Checkpoint> = {
  empty: emptyCheckpoint,
  fold: (checkpoint, { bytes, aborted }, events) => foldBatches(checkpoint, bytes, aborted, events),
  format: formatCheckpoint,
  parse: parseCheckpoint,
  newSupplement: newMissingDays,
  recall: recallMissingDays,
}
