/*
 * A second application on the engine, to show that it is one: how often each word stands in the values of a topic of two
 * partitions. `count-words.ts PARTITION...` keeps partition-N.json, exactly once, as consumer.ts does.
 */
import { run } from '../../files/lib/core/program.ts'
import { brokerSettings, dataDirectory, topicName } from '../../files/lib/core/settings.ts'
import type { Application, Checkpoint } from '../../files/lib/engine/application.ts'
import { keepPartitions } from '../../files/lib/engine/keep-partitions.ts'
import { keptPartition } from '../../files/lib/engine/kept-partition.ts'
import { isOldTopic, openPartition } from '../../files/lib/engine/owned-partition.ts'
import { Cluster } from '../../files/lib/kafka/cluster.ts'
import { PartitionReader } from '../../files/lib/kafka/partition-reader.ts'
import { batchesOf } from '../../files/lib/kafka/read-committed.ts'
import { nextRecord } from '../../files/lib/kafka/record-batch.ts'

type WordCounts = Checkpoint & { words: Record<string, number> }

const wordCounts: Application<WordCounts> = {
  empty: (partition) => ({ partition, offset: 0, words: {} }),
  fold: (state, fetched, { onEpoch }) => {
    for (const { header, visibility, records } of batchesOf(fetched)) {
      onEpoch(header.leaderEpoch, header.baseOffset)
      while (visibility === 'visible' && nextRecord(records)) {
        if (records.offset < state.offset) continue
        const text = records.bytes.toString('utf8', records.valueStart, records.valueEnd)
        for (const word of text.split(' ')) state.words[word] = (state.words[word] ?? 0) + 1
      }
    }
    state.offset = fetched.nextOffset
  },
  format: (state) => [Buffer.from(JSON.stringify(state))],
  parse: (text) => JSON.parse(text),
}

await run(async (signal) => {
  const [topic, say] = [topicName(), console.error]
  const numbers = process.argv.slice(2).map(Number)
  const all = numbers.map((partition) => keptPartition(openPartition(wordCounts, dataDirectory(), partition)))
  const cluster = new Cluster(brokerSettings(), 'count-words')
  const isOld = (id: string) => all.some(({ owned }) => isOldTopic(owned, id))
  const shared = { cluster, topicName: topic, say, signal }
  const reader = new PartitionReader({ ...shared, partitionCount: 2, isOldTopic: isOld })
  const ignore = () => {}
  const onTopic = () => console.log(`Counting the words of ${topic}.`)
  const events = { onRefused: ignore, onTopic, onTick: ignore }
  try {
    await cluster.waitForBroker(topic, signal)
    await keepPartitions(reader, all, { ...shared, ...events, exitAtEnd: false })
  } finally {
    reader.close()
    cluster.close()
  }
})
