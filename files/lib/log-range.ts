import { type Admin, ListOffsetTimestamps } from '@platformatic/kafka'

/** The offsets that a partition's log holds: from `logStart` up to and without `logEnd`. */
export type LogRange = { logStart: number; logEnd: number }

/** Asks the broker which offsets a partition's log holds now. It asks by name: hold the topic's id against it after. */
export async function readLogRange(client: Admin, topicName: string, partition: number): Promise<LogRange> {
  const offsetAt = async (timestamp: bigint) => {
    const partitions = [{ partitionIndex: partition, timestamp }]
    const [topic] = await client.listOffsets({ topics: [{ name: topicName, partitions }] })
    return Number(topic!.partitions[0]!.offset)
  }
  const logStart = await offsetAt(ListOffsetTimestamps.EARLIEST)
  return { logStart, logEnd: await offsetAt(ListOffsetTimestamps.LATEST) }
}
