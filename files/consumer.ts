/**
 * Keeps partition-N.json for the partitions named on the command line: monthly statistics and the offset they reach.
 *
 * Stats and offset are written in one piece, so each measurement counts exactly once, whatever is killed and when.
 */
import { isOldTopic } from './lib/adopt-topic.ts'
import { parseConsumerOptions } from './lib/consumer-options.ts'
import { createConsumerStatus } from './lib/consumer-status.ts'
import { Cluster } from './lib/kafka/cluster.ts'
import { PartitionReader } from './lib/kafka/partition-reader.ts'
import { keepPartitions } from './lib/keep-partitions.ts'
import { keepSources } from './lib/keep-sources.ts'
import { keptPartition } from './lib/kept-partition.ts'
import { lookUpLogSource } from './lib/log-source.ts'
import { openPartition } from './lib/owned-partition.ts'
import { partitionCount } from './lib/partitions.ts'
import { run } from './lib/program.ts'
import { brokerSettings, dataDirectory, topicName } from './lib/settings.ts'
import { openStatusLine } from './lib/status-line.ts'
import { topicWarning } from './lib/topic-warning.ts'
import { expectWholeLog } from './lib/whole-log.ts'

await run(async (signal) => {
  const { partitions, exitAtEnd, rebuild } = parseConsumerOptions(process.argv.slice(2))
  const settings = brokerSettings()
  const topic = topicName()
  const directory = dataDirectory()
  const line = openStatusLine()
  if (rebuild) await expectWholeLog(settings, topic, partitions, signal)
  const all = partitions.map((partition) => keptPartition(openPartition(directory, partition, rebuild)))
  const cluster = new Cluster(settings, 'almanac-consumer')
  const isOld = (id: string) => all.some(({ owned }) => isOldTopic(owned, id))
  const { say } = line
  const options = { cluster, topicName: topic, partitionCount, isOldTopic: isOld, say, signal }
  const reader = new PartitionReader(options)
  const status = createConsumerStatus(all, line, () => reader.unreachableSince)
  const sources = keepSources(all, (id) => lookUpLogSource(cluster, topic, id, signal))
  const over = new AbortController()
  const warn = () => {
    topicWarning(cluster, topic, over.signal).then(
      (warning) => warning && say(warning),
      (error: Error) => over.signal.aborted || say(error.message),
    )
  }
  let failure: string | null = null
  try {
    for (const { owned } of all) if (owned.archivedAs) say(`${owned.path}: kept as ${owned.archivedAs}.`)
    say(`Keeping partition ${partitions.join(', ')} of ${topic} in ${directory}.`)
    status.tick()
    await cluster.waitForBroker(topic, signal)
    await keepPartitions(reader, all, {
      topicName: topic,
      exitAtEnd,
      say,
      onRefused: status.refuse,
      onTopic: warn,
      onTick: () => {
        status.tick()
        sources.tick()
      },
      signal,
    })
    if (exitAtEnd) await sources.settle()
  } catch (error) {
    if (!signal.aborted) failure = (error as Error).message
    throw error
  } finally {
    over.abort()
    reader.close()
    cluster.close()
    status.stop(failure)
    for (const { owned } of all) owned.lock.release()
  }
})
