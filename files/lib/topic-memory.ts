import { OperatingError } from './program.ts'
import { readIfPresent } from './read-if-present.ts'
import { replaceFile } from './replace-file.ts'

/**
 * What a partition file's offset refers to, in `.almanac/partition-N.json` beside it: the topic's id, and which leader
 * epoch wrote the records from which offset on. An offset alone says neither.
 */
export type TopicMemory = { topicId: string; epochs: Epoch[] }

/** A leader epoch and the first offset we know to be written in it. */
export type Epoch = [leaderEpoch: number, firstOffset: number]

/**
 * Reads what is remembered of a partition's topic.
 *
 * @returns undefined when nothing is remembered
 * @throws OperatingError when the file is damaged
 */
export function readTopicMemory(path: string): TopicMemory | undefined {
  const text = readIfPresent(path)
  if (text === undefined) return undefined
  try {
    const memory = JSON.parse(text) as TopicMemory
    if (isTopicMemory(memory)) return memory
  } catch (cause) {
    throw damaged(path, cause)
  }
  throw damaged(path, undefined)
}

/**
 * Writes it durably. To be done before the first partition file that holds records of a new topic or epoch.
 *
 * @param check throws when the partition is no longer ours
 */
export function writeTopicMemory(path: string, memory: TopicMemory, check: () => void): void {
  replaceFile(path, `${JSON.stringify(memory)}\n`, { beforeRename: check })
}

/** The leader epoch that wrote the record at `offset`; -1 when that is not known. */
export function epochAt(epochs: readonly Epoch[], offset: number): number {
  return epochs.findLast(([, firstOffset]) => firstOffset <= offset)?.[0] ?? -1
}

/** The epochs that wrote records before `offset`: of later ones the partition file holds nothing. */
export function epochsBefore(epochs: readonly Epoch[], offset: number): Epoch[] {
  return epochs.filter(([, firstOffset]) => firstOffset < offset)
}

function isTopicMemory(memory: TopicMemory): boolean {
  const isEpoch = (epoch: Epoch) =>
    Array.isArray(epoch) && epoch.length === 2 && epoch.every(Number.isSafeInteger)
  return typeof memory?.topicId === 'string' && Array.isArray(memory.epochs) && memory.epochs.every(isEpoch)
}

function damaged(path: string, cause: unknown): OperatingError {
  return new OperatingError(
    `${path}: expected {"topicId": text, "epochs": [[epoch, offset], ...]}. It was left as it is. ` +
      'Remove it: the consumer then archives the partition file and counts again from the log.',
    { cause },
  )
}
