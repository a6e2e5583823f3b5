import { basename } from 'node:path'
import type { Fetched } from './kafka/partition-reader.ts'
import type { OwnedPartition } from './owned-partition.ts'
import { OperatingError } from './program.ts'

/** The error for an offset that the log does not hold. */
export function outOfRange(
  owned: OwnedPartition,
  topicName: string,
  { logStart, logEnd }: Fetched & { kind: 'out of range' },
) {
  const { partition, offset } = owned.checkpoint
  const what = `${basename(owned.path)}: offset ${offset} is outside ${where(topicName, partition)}, which holds offsets ${logStart} to ${logEnd}`
  if (offset < logStart) {
    return new OperatingError(
      `${what}. Records ${offset} to ${logStart - 1} were deleted before they were counted, so the log cannot give exact ` +
        `results any more. Was retention changed? Producer.ts without --append begins a new log.`,
    )
  }
  return new OperatingError(
    `${what}. Was the file copied from elsewhere, or did the broker lose the log's tail in a power cut? ${rebuild(partition)}`,
  )
}

/** The error for a log that lost records we have counted, whether or not it has grown again since. */
export function diverged(
  owned: OwnedPartition,
  topicName: string,
  { epoch, endOffset }: Fetched & { kind: 'diverged' },
) {
  const { partition, offset } = owned.checkpoint
  return new OperatingError(
    `${basename(owned.path)}: offset ${offset} counts records that ${where(topicName, partition)} no longer holds: ` +
      `its records of leader epoch ${epoch} end at offset ${endOffset}. Did the broker lose the ` +
      `log's tail in a power cut? ${rebuild(partition)}`,
  )
}

const where = (topicName: string, partition: number) => `${topicName}/${partition}`
const rebuild = (partition: number) =>
  `\`consumer.ts ${partition} --rebuild\` keeps the file in archive/ and counts again from offset 0.`
