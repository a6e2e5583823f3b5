import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectedFile, readTopicLog } from './read-topic.ts'

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
  const { records, ends } = await readTopicLog(address, topic)
  for (const partition of partitions) {
    assert.deepEqual(
      readPartitionFile(directory, partition),
      expectedFile(records, partition, ends[partition]),
    )
  }
  return records.length
}

/** Parses all four files in a loop until stopped: whole at any moment, and no offset goes back. */
export function watchFiles(directory: string) {
  const watch = { reads: 0, isStopped: false, done: Promise.resolve() }
  const loop = async () => {
    for (let before = offsetsIn(directory); !watch.isStopped; watch.reads++) {
      const now = offsetsIn(directory) // throws when a file is not whole JSON
      for (const [partition, offset] of now.entries())
        assert.ok(offset >= before[partition]!, `partition ${partition} went back`)
      before = now
      await new Promise(setImmediate)
    }
  }
  watch.done = loop()
  watch.done.catch(() => {}) // Reported by `stop`, which the test awaits.
  return {
    stop: async () => {
      watch.isStopped = true
      await watch.done
      return watch.reads
    },
  }
}
