import {
  type BigIntStats,
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writevSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { OperatingError } from './program.ts'

type Options = {
  /** Name of the file before its rename; of one's own where two processes may replace the same file at once. */
  temporary?: string
  /** False for what nobody needs after a power cut: then neither file nor folder is synced. */
  isSynced?: boolean
  /** Called last before the rename; what it throws leaves the old file as it is. */
  beforeRename?: () => void
}

/**
 * Replaces a file whole and durably: a reader sees the old content or the new, also after a power cut.
 *
 * Write to a temporary file, fsync, close, rename, fsync the folder. Synchronous, for that takes half the time of the
 * promises' way (0.7 ms for 12 kB) and lets nothing change what is being written.
 *
 * @param content a text, or its UTF-8 bytes in pieces that are written one after the other
 * @returns the new file's version, to tell by `fileVersion` whether another has replaced or changed it since
 * @throws OperatingError when the disk or the rights do not let us; the old file is whole (or the new one, when only
 * the folder could not be synced) and no temporary one left
 */
export function replaceFile(
  path: string,
  content: string | readonly Uint8Array[],
  options: Options = {},
): string {
  const temporary = options.temporary ?? `${path}.tmp`
  let isReplaced = false
  try {
    const version = writeWhole(temporary, content, options.isSynced ?? true)
    options.beforeRename?.()
    renameSync(temporary, path)
    isReplaced = true
    if (options.isSynced ?? true) syncFolder(dirname(path))
    return version
  } catch (error) {
    removeQuietly(temporary)
    throw isSystemError(error) ? cannotReplace(path, error, isReplaced) : error
  }
}

/** What tells a file from any that replaced it and from itself changed; undefined when there is none. */
export function fileVersion(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && formatVersion(found)
}

/** Makes renames and links in a folder durable: they live in the folder, not in the file. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function writeWhole(path: string, content: string | readonly Uint8Array[], isSynced: boolean): string {
  const file = openNew(path)
  try {
    if (typeof content === 'string') writeFileSync(file, content)
    else writePieces(file, content)
    if (isSynced) fsyncSync(file)
    return formatVersion(fstatSync(file, { bigint: true }))
  } finally {
    closeSync(file)
  }
}

/** Opens a file that was not there before: one left by a kill may, after a power cut, be the old file's second name. */
function openNew(path: string): number {
  try {
    return openSync(path, 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  if (lstatSync(path).isFile()) rmSync(path)
  return openSync(path, 'w')
}

function formatVersion({ dev, ino, mtimeNs, size }: BigIntStats): string {
  return [dev, ino, mtimeNs, size].join(':')
}

function writePieces(file: number, pieces: readonly Uint8Array[]): void {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const written = writevSync(file, pieces)
  // A short write comes before the error that explains it (a full disk): writing the rest raises that error.
  if (written < size) writeFileSync(file, Buffer.concat(pieces).subarray(written))
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    // Where the folder forbids removing it forbade creating, so there is nothing left behind to remove.
    if (!isSystemError(error)) throw error
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

const advice: Record<string, string> = {
  ENOSPC: 'Free some disk space',
  EDQUOT: 'Free some of the disk quota',
  EACCES: 'Give this user the right to write in the folder',
  EPERM: 'Give this user the right to write in the folder',
  EROFS: 'Mount the folder writable, or name another with DATA_DIR',
  ENOENT: 'Make the folder, or name another with DATA_DIR',
}

function cannotReplace(path: string, cause: NodeJS.ErrnoException, isReplaced: boolean): OperatingError {
  const what = advice[cause.code ?? ''] ?? 'Fix this'
  const whole = isReplaced
    ? ' The new file is in place, but a power cut may still undo it.'
    : ' The old file is intact.'
  const old = cause.code === 'ENOENT' ? '' : whole
  return new OperatingError(`${path}: cannot be written (${cause.message}).${old} ${what} and restart.`, {
    cause,
  })
}
