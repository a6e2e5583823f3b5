import { Admin } from '@platformatic/kafka'
import { recreateTopic } from '../files/lib/open-topic.ts'
import type { Setup } from './setup.ts'

/** First and last year of the dates that fill topics; past the last day they begin again, as duplicates. */
export const [firstYear, lastYear] = [1, 9998]

/** Creates the topic, or creates it anew. @returns its id */
export async function createTopic({ address, signal }: Setup, topic: string): Promise<string> {
  const admin = new Admin({ clientId: 'bench', bootstrapBrokers: [address] })
  try {
    return (await recreateTopic(admin, topic, 1, signal)).id
  } finally {
    await admin.close()
  }
}

/**
 * Sends reports as producer.ts would, a day each and one in twenty repeated with 1,000,000 degrees, by Java's producer,
 * which is the fastest at hand.
 *
 * @param from the first date
 */
export async function fillTopic(
  setup: Setup,
  topic: string,
  from: string,
  recordCount: number,
): Promise<void> {
  if (recordCount > 0) await setup.runJava('Fill', setup.address, topic, from, String(recordCount))
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
