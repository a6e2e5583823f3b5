import { readIfPresent } from '../core/read-if-present.ts'
import { partitionPaths } from '../engine/partition-paths.ts'
import { parseTopicMemory, type TopicMemory } from '../engine/topic-memory.ts'
import { parseSource, type Source, type Years } from '../weather/source.ts'
import type { MonthAverages } from './month-averages.ts'

/**
 * Reads where the days of a folder's partition files come from, as their consumers noted it.
 *
 * @param averages of these files
 * @returns undefined when it is not known of all of them, or not the same
 */
export function readFolderSource(folder: string, averages: MonthAverages): Source | undefined {
  const memories = [...partitionsOf(averages)].map((partition) => {
    const text = readIfPresent(partitionPaths(folder, partition).memory)
    return text === undefined ? undefined : parseTopicMemory(text)
  })
  return agreedSource(memories)
}

/**
 * The source of partitions that have days: of one topic, what any of them noted; of several, what all of them say.
 *
 * @param memories undefined among them for one of which nothing is known, such as a file copied from elsewhere
 */
export function agreedSource(memories: readonly (TopicMemory | undefined)[]): Source | undefined {
  if (memories.includes(undefined)) return undefined
  const topics = Map.groupBy(memories as readonly TopicMemory[], ({ topicId }) => topicId)
  const sources = [...topics.values()].map((same) => parseSource(same.find(({ source }) => source)?.source))
  const said = new Set(sources.map((source) => JSON.stringify(source)))
  return said.size === 1 ? sources[0] : undefined
}

/** First and last year of which a day was counted; undefined without any. */
export function yearsOf(averages: MonthAverages): Years | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, 0]
  for (const table of averages.values()) {
    for (const year of table.keys()) [first, last] = [Math.min(first, year), Math.max(last, year)]
  }
  return last > 0 ? { first, last } : undefined
}

function partitionsOf(averages: MonthAverages): Set<number> {
  const partitions = new Set<number>()
  for (const table of averages.values()) for (const { partition } of table.values()) partitions.add(partition)
  return partitions
}
