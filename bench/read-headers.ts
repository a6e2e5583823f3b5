/*
 * Reads a topic to its end by the reader of consumer.ts, walking the headers of the record batches and nothing more: the
 * limit of what a consumer in one Node process can reach. Arguments: address, topic.
 */
import { Cluster } from '../files/lib/kafka/cluster.ts'
import { PartitionReader } from '../files/lib/kafka/partition-reader.ts'
import { emptyHeader, readBatchHeader } from '../files/lib/kafka/record-batch.ts'
import type { HeadersRead } from './peers.ts'

const [address, topicName] = process.argv.slice(2) as [string, string]
const cluster = new Cluster({ bootstrapBrokers: [address] }, 'headers')
const reader = new PartitionReader({
  ...{ cluster, topicName, partitionCount: 4, isOldTopic: () => false, say: console.error },
  signal: new AbortController().signal,
})
const waiting = new Set([0, 1, 2, 3])
const header = emptyHeader()
let [recordCount, batchCount] = [0, 0]
while (waiting.size > 0) {
  const fetched = await reader.read(1000)
  if (fetched?.kind === 'topic') {
    reader.begin(
      fetched.topic,
      [...waiting].map((partition) => ({ partition, offset: 0, lastFetchedEpoch: -1 })),
    )
  } else if (fetched?.kind === 'records') {
    let nextOffset = 0
    for (let at = 0; readBatchHeader(fetched.bytes, at, header); at += header.byteLength) {
      recordCount += header.recordCount
      batchCount++
      nextOffset = header.nextOffset
    }
    if (nextOffset >= fetched.endOffset) waiting.delete(fetched.partition)
  }
}
const doneAt = performance.timeOrigin + performance.now()
console.log(JSON.stringify({ doneAt, recordCount, batchCount } satisfies HeadersRead))
reader.close()
cluster.close()
