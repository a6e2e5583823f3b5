import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'
import { OperatingError } from '../files/lib/core/program.ts'
import { recreateTopic } from '../files/lib/topic/open-topic.ts'
import { readHeaders } from './peers.ts'
import { runToEnd } from './run-to-end.ts'
import type { Setup } from './setup.ts'

/** First and last year of the dates that fill topics; past the last day they begin again, as duplicates. */
export const [firstYear, lastYear] = [1, 9998]

/** Creates the topic, or creates it anew. @returns its id */
export async function createTopic(setup: Setup, topic: string): Promise<string> {
  return withAdmin(setup, async (admin) => (await recreateTopic(admin, topic, 1, setup.signal)).id)
}

/**
 * Sends reports as producer.ts would, a day each and one in twenty repeated with 1,000,000 degrees, by Java's producer,
 * which is the fastest at hand.
 *
 * @param from the first date
 * @param settings further ones of Java's producer
 */
export async function fillTopic(
  setup: Setup,
  topic: string,
  from: string,
  recordCount: number,
  ...settings: readonly string[]
): Promise<void> {
  if (recordCount > 0)
    await setup.runJava('Fill', setup.address, topic, from, String(recordCount), ...settings)
}

/**
 * Creates a topic and sends reports as `fillTopic` does, each as a batch of its own, as those of a station that is live.
 *
 * Without waiting for the disk a million times, which makes the log no other; it is on disk when this resolves.
 *
 * @throws OperatingError when the log has fewer batches than records
 */
export async function fillOneByOne(
  setup: Setup,
  topic: string,
  from: string,
  recordCount: number,
): Promise<void> {
  await createTopic(setup, topic)
  await withAdmin(setup, (admin) => admin.incrementalAlterConfigs({ resources: [flushLater(topic)] }))
  await fillTopic(setup, topic, from, recordCount, 'batch.size=1', 'linger.ms=0')
  await runToEnd({ command: 'sync', args: [] }, setup.signal)
  const { batchCount } = await readHeaders(setup, topic)
  if (batchCount !== recordCount)
    throw new OperatingError(
      `${topic}: ${recordCount} records came as ${batchCount} batches, expected one each.`,
    )
}

function flushLater(resourceName: string) {
  const configs = [{ name: 'flush.messages', configOperation: IncrementalAlterConfigOperationTypes.DELETE }]
  return { resourceType: ConfigResourceTypes.TOPIC, resourceName, configs }
}

/** How many records `fillTopic` makes of all days from the first of January of one year to the end of another. */
export function recordsOfYears(first: number, last: number): number {
  const days = (startOfYear(last + 1) - startOfYear(first)) / 86_400_000
  return days + Math.floor(days / 20)
}

// Date.UTC takes years below 100 for those of the 20th century.
function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1)
}

async function withAdmin<Result>(
  { address }: Setup,
  use: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = new Admin({ clientId: 'bench', bootstrapBrokers: [address] })
  try {
    return await use(admin)
  } finally {
    await admin.close()
  }
}
