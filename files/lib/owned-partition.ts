import { mkdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { archiveFile, isArchived } from './archive.ts'
import { type Checkpoint, emptyCheckpoint, formatCheckpoint } from './checkpoint.ts'
import { parseCheckpoint } from './parse-checkpoint.ts'
import { lockPartition, type PartitionLock } from './partition-lock.ts'
import { partitionPaths } from './partitions.ts'
import { OperatingError } from './program.ts'
import { readIfPresent } from './read-if-present.ts'
import { fileVersion, replaceFile, syncFolder } from './replace-file.ts'
import { epochsBefore, readTopicMemory, type TopicMemory, writeTopicMemory } from './topic-memory.ts'

/** A partition whose file this process keeps: the lock is ours, and nobody else writes. */
export type OwnedPartition = {
  path: string
  memoryPath: string
  statusPath: string
  lock: PartitionLock
  checkpoint: Checkpoint
  /** What the offset refers to; undefined until the topic was seen once. */
  memory: TopicMemory | undefined
  /** Whether `memory` has an epoch that its file does not have yet. */
  hasNewEpoch: boolean
  /** The file as we wrote or read it last. */
  version: string | undefined
  /** Size of the file. */
  bytes: number
}

/**
 * Takes a partition's lock and loads its file; writes the first version of the file when there is none.
 *
 * @param directory of the partition files
 * @throws OperatingError when another consumer keeps the partition or the file is damaged
 */
export function openPartition(directory: string, partition: number): OwnedPartition {
  const {
    file: path,
    memory: memoryPath,
    status: statusPath,
    lock: lockPath,
  } = partitionPaths(directory, partition)
  makeFolder(directory, dirname(lockPath))
  const lock = lockPartition(lockPath, statusPath)
  const memory = readTopicMemory(memoryPath)
  const version = fileVersion(path)
  const text = readIfPresent(path) ?? ''
  const checkpoint = version ? parseCheckpoint(text, partition, path) : emptyCheckpoint(partition)
  if (memory) memory.epochs = epochsBefore(memory.epochs, checkpoint.offset)
  const bytes = Buffer.byteLength(text)
  const owned = { path, memoryPath, statusPath, lock, checkpoint, memory, hasNewEpoch: false, version, bytes }
  if (!version) writePartition(owned)
  return owned
}

/** Writes the partition file, durably: offset and stats in one piece, and any new epoch before them. */
export function writePartition(owned: OwnedPartition): void {
  if (owned.hasNewEpoch) {
    writeTopicMemory(owned.memoryPath, owned.memory!)
    owned.hasNewEpoch = false
  }
  const pieces = formatCheckpoint(owned.checkpoint)
  owned.version = replaceFile(owned.path, pieces, { beforeRename: () => checkOurs(owned) })
  owned.bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
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
  const line =
    checkpoint.offset > 0 ? startOver(owned, memory?.topicId ?? `unknown-${timestamp()}`) : undefined
  owned.memory = { topicId, epochs: [] }
  writeTopicMemory(owned.memoryPath, owned.memory)
  return line && `${line}: ${memory ? 'the topic was created anew' : 'it is not known of which topic it is'}.`
}

/** Archives the partition file and begins at offset 0, as `--rebuild` asks for. */
export function rebuildPartition(owned: OwnedPartition): string | undefined {
  return owned.checkpoint.offset > 0 ? `${startOver(owned, `rebuild-${timestamp()}`)}: --rebuild.` : undefined
}

/** Whether a topic is an old one, its results archived: only metadata that is behind the times names it still. */
export function isOldTopic(owned: OwnedPartition, topicId: string): boolean {
  return owned.memory?.topicId !== topicId && isArchived(owned.path, topicId)
}

function startOver(owned: OwnedPartition, folder: string): string {
  const { partition, offset } = owned.checkpoint
  archiveFile(owned.path, folder)
  owned.checkpoint = emptyCheckpoint(partition)
  if (owned.memory) owned.memory.epochs = []
  owned.hasNewEpoch = false
  writePartition(owned)
  const name = basename(owned.path)
  return `${name}: begins again at offset 0, the file up to offset ${offset} is archive/${folder}/${name}`
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

function checkOurs(owned: OwnedPartition): void {
  owned.lock.check()
  if (fileVersion(owned.path) === owned.version) return
  throw new OperatingError(
    `${owned.path}: was removed, replaced or changed by another program while we kept it. It was left as it is. ` +
      'Start the consumer again: it goes on from that file, or from offset 0 without one.',
  )
}

/** As in 2026-01-31T12-00-00-000Z: no colons, which some file systems refuse. */
function timestamp(): string {
  return new Date().toISOString().replaceAll(/[:.]/g, '-')
}
