/**
 * Keeps partition-N.json for the partitions named on the command line: monthly statistics and the offset they reach.
 *
 * Stats and offset are written in one piece, so each measurement counts exactly once, whatever is killed and when.
 */
import { Admin } from '@platformatic/kafka'
import { waitForBroker } from './lib/connect.ts'
import { parseConsumerOptions } from './lib/consumer-options.ts'
import { createConsumerStatus } from './lib/consumer-status.ts'
import { keepPartitions } from './lib/keep-partitions.ts'
import { isOldTopic, openPartition, rebuildPartition } from './lib/owned-partition.ts'
import { openPartitionReader } from './lib/partition-reader.ts'
import { run } from './lib/program.ts'
import { brokerSettings, dataDirectory, topicName } from './lib/settings.ts'
import { openStatusLine } from './lib/status-line.ts'
import type { KeptPartition } from './lib/write-pace.ts'

await run(async (signal) => {
  const { partitions, exitAtEnd, rebuild } = parseConsumerOptions(process.argv.slice(2))
  const [settings, topic, directory] = [brokerSettings(), topicName(), dataDirectory()]
  const line = openStatusLine()
  const all: KeptPartition[] = partitions.map((partition) => ({
    ...{ owned: openPartition(directory, partition), endOffset: undefined, endAtStart: undefined },
    ...{ isBehind: false, hasCaughtUp: false, unwrittenSince: Number.POSITIVE_INFINITY },
  }))
  const client = new Admin({ clientId: 'consumer', ...settings, retries: 0, requestTimeout: 10_000 })
  const isOld = (id: string) => all.some(({ owned }) => isOldTopic(owned, id))
  const reader = openPartitionReader({
    client,
    settings,
    topicName: topic,
    isOldTopic: isOld,
    say: line.say,
    signal,
  })
  const status = createConsumerStatus(all, line, reader.offlineSince)
  try {
    if (rebuild)
      for (const { owned } of all) line.say(rebuildPartition(owned) ?? `${owned.path}: nothing to rebuild.`)
    line.say(`Keeping partition ${partitions.join(', ')} of ${topic} in ${directory}.`)
    status.tick()
    await waitForBroker(client, settings, signal)
    await keepPartitions(reader, all, {
      topicName: topic,
      exitAtEnd,
      say: line.say,
      onRefused: status.refuse,
      onTick: status.tick,
      signal,
    })
    status.stop(null)
  } catch (error) {
    status.stop(signal.aborted ? null : (error as Error).message)
    throw error
  } finally {
    await Promise.allSettled([reader.close(), client.close()])
    for (const { owned } of all) owned.lock.release()
  }
})
