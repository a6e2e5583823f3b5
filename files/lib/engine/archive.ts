import { existsSync, linkSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { OperatingError } from '../core/program.ts'
import { replaceFile, syncFolder } from '../core/replace-file.ts'

/**
 * Keeps a partition file under `archive/<folder>/` beside it, durably: by a hard link, so the file itself stays where
 * it is until it is replaced; by a copy where `archive` is on another disk or the disk knows no links. A file already
 * there is kept: an earlier try, cut short, made it.
 *
 * @returns the path in the archive
 * @throws OperatingError when the disk or the rights do not let us; the partition file is as it was
 */
export function archiveFile(path: string, folder: string): string {
  const archived = archivedPath(path, folder)
  try {
    mkdirSync(dirname(archived), { recursive: true })
    linkOrCopy(path, archived)
    // From the link up to the first folder that was surely there.
    for (const made of [dirname(archived), join(dirname(path), 'archive'), dirname(path)]) syncFolder(made)
  } catch (cause) {
    if (cause instanceof OperatingError) throw cause
    throw new OperatingError(
      `${path}: cannot be kept as ${archived} (${(cause as Error).message}). It was not changed. Fix this and restart.`,
      { cause },
    )
  }
  return archived
}

const noLinkHere = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']

function linkOrCopy(path: string, archived: string): void {
  try {
    linkSync(path, archived)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (!noLinkHere.includes(code!)) throw error
    if (!existsSync(archived)) replaceFile(archived, [readFileSync(path)])
  }
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
