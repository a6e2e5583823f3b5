import { readFileSync } from 'node:fs'
import { OperatingError } from './program.ts'

/** Reads a text file; undefined when there is none. @throws OperatingError when it is there and cannot be read */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new OperatingError(`${path}: cannot be read (${message}). Fix this and restart.`, { cause })
  }
}
