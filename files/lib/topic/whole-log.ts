import { OperatingError } from '../core/program.ts'
import type { BrokerSettings } from '../core/settings.ts'
import { Cluster } from '../kafka/cluster.ts'
import { retry } from '../kafka/retry.ts'

/**
 * Makes sure, before any file is archived, that the log still holds all it takes to count partitions again: it must
 * begin at offset 0.
 *
 * @throws OperatingError when there is no such topic, its log begins later, or no broker answers
 */
export async function expectWholeLog(
  settings: BrokerSettings,
  topicName: string,
  partitions: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const cluster = new Cluster(settings, 'almanac-consumer')
  const ask = async (partition: number) => {
    const topic = await cluster.describeTopic(topicName)
    if (!topic) throw impossible(`there is no topic ${topicName}`, 'Start producer.ts, which creates it')
    const led = topic.partitions[partition] ?? { leader: undefined, leaderEpoch: -1 }
    return cluster.readLogRange(topicName, partition, led)
  }
  try {
    await cluster.waitForBroker(topicName, signal)
    for (const partition of partitions) {
      const name = `${topicName}/${partition}`
      const { logStart } = await retry(`Reading where ${name} begins`, () => ask(partition), signal)
      if (logStart > 0)
        throw impossible(
          `the log of ${name} begins at offset ${logStart}, and offset 0 is needed`,
          'Keep the file: it counts what the log has lost',
        )
    }
  } finally {
    cluster.close()
  }
}

function impossible(why: string, advice: string): OperatingError {
  return new OperatingError(
    `--rebuild cannot count again: ${why}. The partition files were left as they are. ${advice}.`,
  )
}
