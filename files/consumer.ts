/**
 * Keeps partition-N.json for the partitions named on the command line: monthly statistics and the offset they reach.
 *
 * Stats and offset are written in one piece, so each measurement counts exactly once, whatever is killed and when.
 */
import { Admin } from '@platformatic/kafka'
import { isOldTopic } from './lib/adopt-topic.ts'
import { waitForBroker } from './lib/connect.ts'
import { parseConsumerOptions } from './lib/consumer-options.ts'
import { createConsumerStatus } from './lib/consumer-status.ts'
import { keepPartitions } from './lib/keep-partitions.ts'
import { keepSources } from './lib/keep-sources.ts'
import { keptPartition } from './lib/kept-partition.ts'
import { lookUpLogSource } from './lib/log-source.ts'
import { openPartition } from './lib/owned-partition.ts'
import { openPartitionReader } from './lib/partition-reader.ts'
import { run } from './lib/program.ts'
import { brokerSettings, dataDirectory, topicName } from './lib/settings.ts'
import { openStatusLine } from './lib/status-line.ts'

await run(async (signal) => {
  const { partitions, exitAtEnd, rebuild } = parseConsumerOptions(process.argv.slice(2))
  const settings = brokerSettings()
  const topic = topicName()
  const directory = dataDirectory()
  const line = openStatusLine()
  const all = partitions.map((partition) => keptPartition(openPartition(directory, partition, rebuild)))
  const client = new Admin({ clientId: 'almanac-consumer', ...settings, retries: 0, requestTimeout: 10_000 })
  const isOld = (id: string) => all.some(({ owned }) => isOldTopic(owned, id))
  const { say } = line
  const reader = openPartitionReader({ client, settings, topicName: topic, isOldTopic: isOld, say, signal })
  const status = createConsumerStatus(all, line, reader.offlineSince)
  const sources = keepSources(all, topic, (id) => lookUpLogSource(client, settings, topic, id))
  let failure: string | null = null
  try {
    for (const { owned } of all) if (owned.archivedAs) say(`${owned.path}: kept as ${owned.archivedAs}.`)
    say(`Keeping partition ${partitions.join(', ')} of ${topic} in ${directory}.`)
    status.tick()
    await waitForBroker(client, settings, topic, signal)
    await keepPartitions(reader, all, {
      topicName: topic,
      exitAtEnd,
      say,
      onRefused: status.refuse,
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
    // Settled, whatever comes of it: what ended the consumer is what its user must hear.
    await Promise.allSettled([reader.close(), client.close(), Promise.try(status.stop, failure)])
    for (const { owned } of all) owned.lock.release()
  }
})
