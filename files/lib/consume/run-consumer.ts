import { run } from '../core/program.ts'
import { brokerSettings, dataDirectory, topicName } from '../core/settings.ts'
import { openStatusLine } from '../core/status-line.ts'
import { keepPartitions } from '../engine/keep-partitions.ts'
import { keptPartition } from '../engine/kept-partition.ts'
import { isOldTopic, openPartition } from '../engine/owned-partition.ts'
import { Cluster } from '../kafka/cluster.ts'
import { PartitionReader } from '../kafka/partition-reader.ts'
import { monthlyStats } from '../stats/monthly-stats.ts'
import { lookUpLogSource } from '../topic/log-source.ts'
import { topicWarning } from '../topic/topic-warning.ts'
import { expectWholeLog } from '../topic/whole-log.ts'
import { partitionCount } from '../weather/partitions.ts'
import { type ConsumerOptions, parseConsumerOptions } from './consumer-options.ts'
import { createConsumerStatus } from './consumer-status.ts'
import { keepSources } from './keep-sources.ts'

/**
 * Keeps partition files: fetch, fold, write, again, until a signal stops it or, if asked for, the log's end is reached.
 *
 * @param args the command line's arguments, see consumer-options.ts
 */
export function runConsumer(args: string[]): Promise<void> {
  return run((signal) => keepFiles(parseConsumerOptions(args), signal))
}

async function keepFiles(
  { partitions, exitAtEnd, rebuild }: ConsumerOptions,
  signal: AbortSignal,
): Promise<void> {
  const settings = brokerSettings()
  const topic = topicName()
  const directory = dataDirectory()
  const line = openStatusLine()
  if (rebuild) await expectWholeLog(settings, topic, partitions, signal)
  const all = partitions.map((partition) =>
    keptPartition(openPartition(monthlyStats, directory, partition, rebuild)),
  )
  const cluster = new Cluster(settings, 'almanac-consumer')
  const isOld = (id: string) => all.some(({ owned }) => isOldTopic(owned, id))
  const { say } = line
  const options = { cluster, topicName: topic, partitionCount, isOldTopic: isOld, say, signal }
  const reader = new PartitionReader(options)
  const status = createConsumerStatus(all, line, () => reader.unreachableSince)
  const over = new AbortController()
  // Ended with the consumer, for whatever reason that ends: what still looks would keep the process.
  const untilOver = AbortSignal.any([signal, over.signal])
  const sources = keepSources(all, (id) => lookUpLogSource(cluster, topic, id, untilOver))
  const warn = () => {
    topicWarning(cluster, topic, untilOver).then(
      (warning) => warning && say(warning),
      (error: Error) => untilOver.aborted || say(error.message),
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
}
