import { join } from 'node:path'

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
