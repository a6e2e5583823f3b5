import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectedFile, readTopic } from './read-topic.ts'

const partitions = [0, 1, 2, 3]

/** Parses a partition file as any JSON reader would. */
export function readPartitionFile(directory: string, partition: number) {
  return JSON.parse(readFileSync(join(directory, `partition-${partition}.json`), 'utf8'))
}

/** The offsets in the four partition files; 0 for one that is not there. */
export function offsetsIn(directory: string): number[] {
  return partitions.map((partition) => {
    try {
      return readPartitionFile(directory, partition).offset
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
      throw error
    }
  })
}

/** Holds the four partition files against sums made directly from the topic. */
export async function expectFilesEqualTopic(
  directory: string,
  address: string,
  topic: string,
): Promise<number> {
  const records = await readTopic(address, topic)
  for (const partition of partitions) {
    assert.deepEqual(readPartitionFile(directory, partition), expectedFile(records, partition))
  }
  return records.length
}
