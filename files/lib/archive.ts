import { existsSync, linkSync, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from './replace-file.ts'

/**
 * Keeps a partition file under `archive/<folder>/` beside it, durably: by a hard link, so the file itself stays where
 * it is until it is replaced. A file already there is kept: an earlier try, cut short, made it.
 *
 * @returns the path in the archive
 */
export function archiveFile(path: string, folder: string): string {
  const archived = archivedPath(path, folder)
  mkdirSync(dirname(archived), { recursive: true })
  try {
    linkSync(path, archived)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  // From the link up to the first folder that was surely there.
  for (const made of [dirname(archived), join(dirname(path), 'archive'), dirname(path)]) syncFolder(made)
  return archived
}

/** Whether a partition file of that topic is in the archive, so that the topic must be an old one. */
export function isArchived(path: string, topicId: string): boolean {
  return existsSync(archivedPath(path, topicId))
}

function archivedPath(path: string, folder: string): string {
  return join(dirname(path), 'archive', folder, basename(path))
}

/** The time as part of a folder's name, as in 2026-01-31T12-00-00-000Z: no colons, which some file systems refuse. */
export function timestamp(): string {
  return new Date().toISOString().replaceAll(/[:.]/g, '-')
}
