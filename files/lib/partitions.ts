import { join } from 'node:path'

/** The topic has four partitions; the month's name decides which (Kafka's murmur2 of the key). */
export const partitionCount = 4

/** Their numbers, 0 to 3. */
export const partitions: readonly number[] = Array.from(
  { length: partitionCount },
  (_, partition) => partition,
)

/** Where the files of a partition are in the data folder. */
export function partitionPaths(directory: string, partition: number) {
  const hidden = join(directory, '.almanac')
  return {
    /** The partition file, for everybody. */
    file: join(directory, `partition-${partition}.json`),
    /** What its offset refers to. */
    memory: join(hidden, `partition-${partition}.json`),
    status: join(hidden, `partition-${partition}.status.json`),
    lock: join(hidden, `partition-${partition}.lock`),
  }
}
