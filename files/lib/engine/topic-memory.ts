import { OperatingError } from '../core/program.ts'
import { readIfPresent } from '../core/read-if-present.ts'
import { replaceFile } from '../core/replace-file.ts'

/**
 * What a partition file's offset refers to, in `.almanac/partition-N.json` beside it: the topic's id, and which leader
 * epoch wrote the records from which offset on. An offset alone says neither. `supplement` is what the application keeps beside
 * its file, see `Application.newSupplement`. `source` is what the application notes of the
 * topic, in its own form: a later topic of the same name begins a memory of its own, so this cannot stick.
 */
export type TopicMemory = { topicId: string; epochs: Epoch[]; source?: object; supplement?: object }

/** The form of the file. One without a number is of form 1. */
const version = 1

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
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw damaged(path, cause)
  }
  const found = versionOf(value)
  if (found > version) {
    throw new OperatingError(
      `${path}: was written by a newer version of Almanac: found format version ${found}, expected at most ${version}. ` +
        'It was left as it is. Use that newer version, or another DATA_DIR.',
    )
  }
  const memory = parseMemory(value)
  if (!memory) throw damaged(path, undefined)
  return memory
}

/** Takes what a memory has of a topic, for readers that keep no partition; undefined for what makes no sense. */
export function parseTopicMemory(text: string): TopicMemory | undefined {
  try {
    return parseMemory(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Writes it durably. To be done before the first partition file that holds records of a new topic or epoch.
 *
 * @param check throws when the partition is no longer ours
 */
export function writeTopicMemory(path: string, memory: TopicMemory, check: () => void): void {
  replaceFile(path, `${JSON.stringify({ version, ...memory })}\n`, { beforeRename: check })
}

/** The leader epoch that wrote the record at `offset`; -1 when that is not known. */
export function epochAt(epochs: readonly Epoch[], offset: number): number {
  return epochs.findLast(([, firstOffset]) => firstOffset <= offset)?.[0] ?? -1
}

/** The epochs that wrote records before `offset`: of later ones the partition file holds nothing. */
export function epochsBefore(epochs: readonly Epoch[], offset: number): Epoch[] {
  return epochs.filter(([, firstOffset]) => firstOffset < offset)
}

function parseMemory(value: unknown): TopicMemory | undefined {
  const { topicId, epochs, source, supplement } = Object(value) as Partial<Record<keyof TopicMemory, unknown>>
  if (versionOf(value) > version) return undefined
  const isEpoch = (epoch: unknown): epoch is Epoch =>
    Array.isArray(epoch) && epoch.length === 2 && epoch.every(Number.isSafeInteger)
  if (typeof topicId !== 'string' || !Array.isArray(epochs) || !epochs.every(isEpoch)) return undefined
  return { topicId, epochs, ...(isObject(source) && { source }), ...(isObject(supplement) && { supplement }) }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function versionOf(value: unknown): number {
  const { version: found = 1 } = Object(value) as { version?: unknown }
  return typeof found === 'number' ? found : Number.NaN
}

function damaged(path: string, cause: unknown): OperatingError {
  return new OperatingError(
    `${path}: expected {"topicId": text, "epochs": [[epoch, offset], ...]}. It was left as it is. ` +
      'Remove it: the consumer then archives the partition file and counts again from the log.',
    { cause },
  )
}
