import type { Epoch, TopicMemory } from '../engine/topic-memory.ts'
import type { Topic } from '../kafka/metadata.ts'
import { parseSource, type Source } from '../weather/source.ts'
import { missingDaysOf, type Recount } from './recount.ts'

type NamedTopic = { name: string; topic: Topic; source: Source | undefined }

/** Says that the file is of an earlier topic, as the consumer noted; undefined when it is not. */
export function anotherTopic({ name, topic }: NamedTopic, noted: TopicMemory): string | undefined {
  if (noted.topicId === topic.id) return undefined
  const ids = `topic id ${noted.topicId}, ${name} has ${topic.id} now`
  return `the file belongs to ${ids}; a running consumer begins that one by itself`
}

/** Says that the consumer noted another source than the log has; undefined when it did not. */
export function anotherSource({ source }: NamedTopic, noted: TopicMemory): string | undefined {
  const notedSource = parseSource(noted.source)
  const isAnother = notedSource && source && JSON.stringify(notedSource) !== JSON.stringify(source)
  return isAnother ? 'the consumer noted another source of its days than the log says' : undefined
}

/** Says that the broker knows the log only as it was before the newest records counted; undefined when it does not. */
export function olderLog(topic: Topic, partition: number, counted: readonly Epoch[]): string | undefined {
  const { leaderEpoch } = topic.partitions[partition]!
  const [newest] = counted.at(-1) ?? [leaderEpoch]
  if (newest <= leaderEpoch) return undefined
  return (
    `the file counts records of leader epoch ${newest}, the broker knows the log up to ${leaderEpoch}: is it cut off ` +
    'from the others, or was its disk put back as it was before?'
  )
}

/** Holds the leader epochs that the consumer noted against those of the log's batches. */
export function epochDifference(
  found: readonly Epoch[],
  noted: readonly Epoch[] | undefined,
): string | undefined {
  if (!noted || JSON.stringify(found) === JSON.stringify(noted)) return undefined
  return `the consumer noted leader epochs ${JSON.stringify(noted)}, the log has ${JSON.stringify(found)}`
}

/**
 * Holds the missing days that the consumer noted beside the file against those of the log. A note may have later days than
 * the file, which are passed over. One of fewer days, or of more, is taken for none by whoever reads it, and so it is here.
 */
export function missingDaysDifference(state: Recount, noted: object | undefined): string | undefined {
  for (const { name, year, first, last, missing } of missingDaysOf(state)) {
    const found: unknown = Object(Object(noted)[name])[year]
    const days = Array.isArray(found)
      ? [...new Set(found)].filter((day) => day > first && day < last).sort((a, b) => a - b)
      : []
    if (days.length === missing.length && days.join() !== missing.join()) {
      const dates = `the days ${days.join(', ')} as missing, the log has no ${missing.join(', ')}`
      return `${name} ${year}: the consumer noted ${dates}`
    }
  }
  return undefined
}
