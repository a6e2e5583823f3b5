import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { PartitionVerification } from '../files/lib/verify/verification.ts'
import { runVerification } from '../pipeline/run-verification.ts'
import { offsetsIn, readPartitionFile } from '../test/support/partition-files.ts'
import { expectedFile, readTopic, type TopicRecord } from '../test/support/read-topic.ts'
import { waitFor } from '../test/support/wait-for.ts'
import type { Site } from './site.ts'

const partitions = [0, 1, 2, 3]
const repeatDegrees = 1_000_000
const deadlineMs = 300_000

/** What came out when all was healed. */
export type Judgement = { records: TopicRecord[]; sentTwice: number; failures: string[] }

/**
 * Judges the site: no trouble is on, the consumers run, and the producer sends nothing.
 *
 * The log is read by a fresh client in another way than the consumer's, and added up in a few lines of its own.
 */
export async function judge(site: Site): Promise<Judgement> {
  const { directory, broker, proxy, acknowledged } = site
  await waitFor('the last produce requests to be answered', () => proxy.pending() === 0, deadlineMs)
  let records: TopicRecord[] = []
  // The log may still grow by what a producer sent before it died.
  const isCaughtUp = async () => {
    records = await readTopic(`127.0.0.1:${broker.port}`, 'temperatures')
    const total = () => offsetsIn(directory).reduce((sum, offset) => sum + offset)
    for (let tries = 0; tries < 100 && total() !== records.length; tries++) await nextTurn()
    return total() === records.length
  }
  await waitFor('the consumers to reach the end of the log', isCaughtUp, deadlineMs).catch((cause) => {
    const ends = partitions.map((partition) => expectedFile(records, partition).offset)
    throw new Error(`the files are at ${offsetsIn(directory)}, the log ends at ${ends}`, { cause })
  })
  const failures = acknowledged.missingFrom(records)
  for (const partition of partitions) {
    if (!isDeepStrictEqual(readPartitionFile(directory, partition), expectedFile(records, partition)))
      failures.push(`partition-${partition}.json is not what the log makes`)
  }
  failures.push(...daysNotCountedOnce(directory, records), ...(await complaintsOfVerify(site)))
  const days = records.filter(({ degrees }) => degrees !== repeatDegrees)
  return { records, sentTwice: days.length - new Set(days.map(({ date }) => date)).size, failures }
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 20))

/** Holds the counts against the calendar: the generator sends each day from 1990-01-01 on, and leaves none out. */
function daysNotCountedOnce(directory: string, records: readonly TopicRecord[]): string[] {
  const newest = records
    .map(({ date }) => date)
    .sort()
    .at(-1)
  const days = new Map<string, number>()
  for (
    let day = new Date('1990-01-01');
    newest && day <= new Date(newest);
    day.setUTCDate(day.getUTCDate() + 1)
  ) {
    const month = day.toISOString().slice(0, 7)
    days.set(month, (days.get(month) ?? 0) + 1)
  }
  const counted = new Map<string, number>()
  for (const partition of partitions) {
    const { partition: _, offset: __, ...months } = readPartitionFile(directory, partition)
    for (const years of Object.values(
      months as Record<string, Record<string, { count: number; end: string }>>,
    ))
      for (const { count, end } of Object.values(years)) counted.set(end.slice(0, 7), count)
  }
  return [...new Set([...days.keys(), ...counted.keys()])]
    .filter((month) => days.get(month) !== counted.get(month))
    .map(
      (month) =>
        `${month}: ${counted.get(month) ?? 0} days counted, the calendar has ${days.get(month) ?? 0}`,
    )
    .slice(0, 10)
}

async function complaintsOfVerify({ environment, note }: Site): Promise<string[]> {
  const verification = await runVerification(environment)
  const text = JSON.stringify(verification)
  note(`verify: ${text}`)
  const isSound = ({ verdict, late, refused, aborted }: PartitionVerification) =>
    verdict === 'agree' && late + refused + aborted === 0
  const sound = verification.partitions.filter(isSound)
  return verification.verdict === 'agree' && sound.length === partitions.length ? [] : [`verify: ${text}`]
}

/**
 * Judges what the consumers put into the archive when the topic was recreated.
 *
 * @param earlier the archive's folders that were judged before; the new ones are added to it
 * @param records of the topic that is gone
 */
export function judgeArchive(
  directory: string,
  earlier: Set<string>,
  records: readonly TopicRecord[],
): string[] {
  const archive = join(directory, 'archive')
  const fresh = (existsSync(archive) ? readdirSync(archive) : []).filter((folder) => !earlier.has(folder))
  for (const folder of fresh) earlier.add(folder)
  if (fresh.length !== 1) return [`${fresh.length} new folders in the archive: ${fresh.join(', ')}`]
  const expected = partitions
    .map((partition) => expectedFile(records, partition))
    .filter(({ offset }) => offset > 0)
  return expected
    .filter((file) => {
      const isThere = existsSync(join(archive, fresh[0]!, `partition-${file.partition}.json`))
      return !isThere || !isDeepStrictEqual(readPartitionFile(join(archive, fresh[0]!), file.partition), file)
    })
    .map((file) => `archive/${fresh[0]}/partition-${file.partition}.json is not what the log made`)
}
