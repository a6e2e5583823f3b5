import { basename } from 'node:path'
import { archiveFile, isArchived, timestamp } from './archive.ts'
import { emptyCheckpoint } from './checkpoint.ts'
import { type OwnedPartition, writePartition } from './owned-partition.ts'
import { writeTopicMemory } from './topic-memory.ts'

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
  writeTopicMemory(owned.memoryPath, owned.memory, owned.lock.check)
  return line && `${line}: ${memory ? 'the topic was created anew' : 'it is not known of which topic it is'}.`
}

/** Whether a topic is an old one, its results archived: only metadata that is behind the times names it still. */
export function isOldTopic(owned: OwnedPartition, topicId: string): boolean {
  return owned.memory?.topicId !== topicId && isArchived(owned.path, topicId)
}

function startOver(owned: OwnedPartition, folder: string): string {
  const { partition, offset } = owned.checkpoint
  archiveFile(owned.path, folder)
  owned.checkpoint = emptyCheckpoint(partition)
  owned.hasNewEpoch = false
  writePartition(owned)
  const name = basename(owned.path)
  return `${name}: begins again at offset 0, the file up to offset ${offset} is archive/${folder}/${name}`
}
