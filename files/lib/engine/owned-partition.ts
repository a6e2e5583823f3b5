import { mkdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { OperatingError } from '../core/program.ts'
import { readIfPresent } from '../core/read-if-present.ts'
import { fileVersion, replaceFile, syncFolder } from '../core/replace-file.ts'
import type { Application, Checkpoint } from './application.ts'
import { archiveFile, isArchived, timestamp } from './archive.ts'
import { lockPartition, type PartitionLock } from './partition-lock.ts'
import { partitionPaths } from './partition-paths.ts'
import { epochsBefore, readTopicMemory, type TopicMemory, writeTopicMemory } from './topic-memory.ts'

/** A partition whose file this process keeps: the lock is ours, and nobody else writes. */
export type OwnedPartition<State extends Checkpoint = Checkpoint> = {
  application: Application<State>
  path: string
  memoryPath: string
  statusPath: string
  lock: PartitionLock
  checkpoint: State
  /** What the offset refers to; undefined until the topic was seen once. */
  memory: TopicMemory | undefined
  /** Whether `memory` has an epoch or a supplement that its file does not have yet. */
  hasNewMemory: boolean
  /** The file as we wrote or read it last. */
  version: string | undefined
  /** Size of the file. */
  bytes: number
  /** Where the file was archived when it was opened, to count again from offset 0. */
  archivedAs: string | undefined
}

/**
 * Takes a partition's lock and loads its file; writes the first version of the file when there is none.
 *
 * @param application whose state the file holds
 * @param directory of the partition files
 * @param rebuild whether to archive the file, whatever is in it, and to begin at offset 0
 * @throws OperatingError when another consumer keeps the partition or the file is damaged
 */
export function openPartition<State extends Checkpoint>(
  application: Application<State>,
  directory: string,
  partition: number,
  rebuild = false,
): OwnedPartition<State> {
  const paths = partitionPaths(directory, partition)
  makeFolder(directory, dirname(paths.lock))
  const lock = lockPartition(paths.lock, paths.status)
  const memory = readTopicMemory(paths.memory)
  const version = fileVersion(paths.file)
  const archivedAs = rebuild && version ? archiveFile(paths.file, `rebuild-${timestamp()}`) : undefined
  const text = archivedAs ? undefined : readIfPresent(paths.file)
  const isNew = text === undefined
  const checkpoint = isNew ? application.empty(partition) : application.parse(text, partition, paths.file)
  if (memory && isNew) delete memory.supplement
  application.recall?.(checkpoint, memory?.supplement)
  if (memory) memory.epochs = epochsBefore(memory.epochs, checkpoint.offset)
  const rest = { memory, hasNewMemory: false, version, bytes: Buffer.byteLength(text ?? ''), archivedAs }
  const owned: OwnedPartition<State> = {
    application,
    path: paths.file,
    memoryPath: paths.memory,
    statusPath: paths.status,
    lock,
    checkpoint,
    ...rest,
  }
  if (isNew) writePartition(owned)
  return owned
}

/** Writes the partition file, durably: offset and stats in one piece, and before them any new epoch and supplement. */
export function writePartition(owned: OwnedPartition): void {
  const supplement = owned.application.newSupplement?.(owned.checkpoint)
  if (supplement) {
    owned.memory!.supplement = supplement
    owned.hasNewMemory = true
  }
  if (owned.hasNewMemory) {
    writeTopicMemory(owned.memoryPath, owned.memory!, owned.lock.check)
    owned.hasNewMemory = false
  }
  const pieces = owned.application.format(owned.checkpoint)
  owned.version = replaceFile(owned.path, pieces, { beforeRename: () => checkOurs(owned) })
  owned.bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
}

/** Remembers a leader epoch not met before; it is written before the first partition file with records of it. */
export function noteEpoch(owned: OwnedPartition, leaderEpoch: number, firstOffset: number): void {
  const { epochs } = owned.memory!
  if (leaderEpoch <= (epochs.at(-1)?.[0] ?? -1)) return
  epochs.push([leaderEpoch, firstOffset])
  owned.hasNewMemory = true
}

/**
 * Holds the partition file against the topic of that name as it is now. When it belongs to another topic (the producer
 * deletes and creates the topic at each start), archives it and begins at offset 0, each step durable before the next:
 * cut short anywhere, the next start takes the remaining steps.
 *
 * @returns a line to tell the user when the file was archived
 */
export function adoptTopic(owned: OwnedPartition, topicId: string): string | undefined {
  const { memory, checkpoint } = owned
  if (memory?.topicId === topicId) return undefined
  const line = checkpoint.offset > 0 ? startOver(owned, memory?.topicId) : undefined
  owned.memory = { topicId, epochs: [] }
  writeTopicMemory(owned.memoryPath, owned.memory, owned.lock.check)
  return line
}

/** Whether a topic is an old one, its results archived: only metadata that is behind the times names it still. */
export function isOldTopic(owned: OwnedPartition, topicId: string): boolean {
  return owned.memory?.topicId !== topicId && isArchived(owned.path, topicId)
}

/** @param topicId of the topic that the file belongs to; undefined if not known */
function startOver(owned: OwnedPartition, topicId: string | undefined): string {
  const folder = topicId ?? `unknown-${timestamp()}`
  const { partition, offset } = owned.checkpoint
  // What another hand has put there is not what we counted, and not ours to archive under this topic.
  checkOurs(owned)
  archiveFile(owned.path, folder)
  owned.checkpoint = owned.application.empty(partition)
  owned.hasNewMemory = false
  writePartition(owned)
  const name = basename(owned.path)
  const why = topicId ? 'The topic was recreated' : 'The topic of the file is unknown'
  return `${name}: ${why}: counting restarts at offset 0. The old file (up to offset ${offset}) is now archive/${folder}/${name}.`
}

function makeFolder(directory: string, hidden: string): void {
  try {
    if (mkdirSync(hidden, { recursive: true })) syncFolder(directory)
  } catch (cause) {
    throw new OperatingError(
      `${hidden}: cannot be made (${(cause as Error).message}). Give this user the right to, or name another folder with DATA_DIR.`,
      { cause },
    )
  }
}

/** Makes sure that nobody else has touched lock or file since. @throws OperatingError that says what to do */
function checkOurs(owned: OwnedPartition): void {
  owned.lock.check()
  if (fileVersion(owned.path) === owned.version) return
  throw new OperatingError(
    `${owned.path}: was removed, replaced or changed by another program while we kept it. It was left as it is. ` +
      'Start the consumer again: it goes on from that file, or from offset 0 without one.',
  )
}
