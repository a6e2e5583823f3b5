import type { Exchange } from './api.ts'
import { isolationLevels } from './fetch.ts'

/** The offsets of a partition's log: `start` is the first one, `end` the one after the last. */
export type OffsetAt = 'start' | 'end'

const timestamps = { start: -2, end: -1 }

/** The answer: an offset, or an error code with offset -1. */
export type ListedOffset = { errorCode: number; offset: number }

/**
 * Asks a partition's leader where its log begins or ends.
 *
 * @param leaderEpoch a broker that knows another one answers with an error
 * @param isolation committed: the log ends at its last stable offset; uncommitted: at its high watermark
 */
export function listOffsetsExchange(
  topicName: string,
  partition: number,
  leaderEpoch: number,
  at: OffsetAt,
  isolation: keyof typeof isolationLevels,
): Exchange<ListedOffset> {
  return {
    api: { name: 'ListOffsets', key: 2, versions: [6, 11] },
    write: (writer, version) => {
      writer.int32(-1).int8(isolationLevels[isolation]) // -1: a consumer asks, no replica
      writer.compactArray([topicName], (name) => {
        writer.compactString(name).compactArray([partition], (index) => {
          writer.int32(index).int32(leaderEpoch).int64(timestamps[at]).noTags()
        })
        writer.noTags()
      })
      if (version >= 10) writer.int32(0) // no wait for remote storage
      writer.noTags()
    },
    read: (reader) => {
      reader.int32() // throttle time
      const topics = reader.compactArray(() => {
        reader.compactString() // name
        const partitions = reader.compactArray(() => {
          reader.int32() // partition
          const errorCode = reader.int16()
          reader.int64() // timestamp
          const offset = reader.int64()
          reader.int32() // leader epoch
          reader.tags()
          return { errorCode, offset }
        })
        reader.tags()
        return partitions
      })
      const [answer] = topics.flat()
      if (!answer) throw new RangeError('it names no partition')
      return answer
    },
  }
}
