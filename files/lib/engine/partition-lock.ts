import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { OperatingError } from '../core/program.ts'
import { readStatus } from './status-file.ts'

/** A lock held until `release` or the process's end, however it ends. */
export type PartitionLock = {
  /** Throws when it was released, or its file removed or replaced, so that another process may hold it now. */
  check: () => void
  release: () => void
}

/**
 * Takes the lock that lets one process keep a partition's file.
 *
 * It is the kernel's (SQLite's lock on a file that stays empty), so it goes with its holder, even by SIGKILL. It holds
 * between processes and containers of one kernel, not over NFS. The lock file is never opened by node:fs: closing it
 * again would release the lock.
 *
 * @param path of the lock's file; made when it is not there
 * @param statusPath of the holder's status file, for the error
 * @throws OperatingError when another process holds it, naming that process and its host
 */
export function lockPartition(path: string, statusPath: string): PartitionLock {
  const database = openLock(path)
  try {
    // Without a journal nothing but the lock itself is ever made.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    throw isBusy(cause) ? alreadyKept(path, statusPath, cause) : cannotLock(path, cause)
  }
  held.add(database)
  const { ino } = statSync(path, { bigint: true })
  return {
    check: () => {
      // What was still under way when the lock was released must not write under the next holder's feet.
      if (!held.has(database)) throw new OperatingError(`${path}: was released. Nothing was written.`)
      if (statSync(path, { bigint: true, throwIfNoEntry: false })?.ino === ino) return
      throw new OperatingError(
        `${path}: was removed or replaced while we held it, so another consumer may keep this partition too. ` +
          'Nothing was written. Start one consumer a partition again.',
      )
    },
    release: () => {
      held.delete(database)
      database.close()
    },
  }
}

// Garbage collection would close a database nobody refers to, and with it give the lock away.
const held = new Set<DatabaseSync>()

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path)
  } catch (cause) {
    throw cannotLock(path, cause)
  }
}

function isBusy(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === 5
}

function alreadyKept(path: string, statusPath: string, cause: unknown): OperatingError {
  return new OperatingError(
    `${path}: another consumer keeps this partition: ${holder(statusPath)}. ` +
      'Stop that one, or name other partitions: each has one consumer.',
    { cause },
  )
}

function cannotLock(path: string, cause: unknown): OperatingError {
  return new OperatingError(
    `${path}: cannot be locked (${(cause as Error).message}). Is the folder there, and may this user write in it?`,
    { cause },
  )
}

function holder(statusPath: string): string {
  const status = readStatus(statusPath)
  return status ? `process ${status.pid} on ${status.host}` : 'a process that has not yet written who it is'
}
