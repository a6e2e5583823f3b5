import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs'

/** A file's bytes, with what tells them from any other version of it. */
export type FileContent = { bytes: Buffer; version: string; modifiedAt: number }

// Eight thousand years are 3 MB.
const bytesMax = 64 * 1024 * 1024

// A symbolic link may lead anywhere, and opening a pipe would wait for its writer. Windows knows neither flag.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Reads a file whole, provided that it is one: no symbolic link, pipe or device.
 *
 * @returns undefined when there is no such file
 * @throws the system's error, or one of ours, when there is a file but it cannot be read
 */
export function readRegularFile(path: string): FileContent | undefined {
  let file: number
  try {
    file = openSync(path, flags)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ELOOP') return undefined
    throw error
  }
  try {
    const stats = fstatSync(file, { bigint: true })
    if (!stats.isFile()) return undefined
    if (stats.size > bytesMax)
      throw new Error(`${path}: has ${stats.size} bytes, more than is read (${bytesMax})`)
    return { bytes: readFileSync(file), version: versionOf(stats), modifiedAt: Number(stats.mtimeMs) }
  } finally {
    closeSync(file)
  }
}

/** The version of a file as it is now; undefined when there is none. */
export function regularFileVersion(path: string): string | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return stats?.isFile() ? versionOf(stats) : undefined
}

function versionOf({ dev, ino, mtimeNs, size }: BigIntStats): string {
  return [dev, ino, mtimeNs, size].map((part) => part.toString(36)).join('-')
}
