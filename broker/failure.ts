import { OperatingError } from '../files/lib/core/program.ts'
import type { Exit } from '../processes/child.ts'
import { folderInUse } from './folder-lock.ts'

/** Whether a JVM that ended found its port in use, which another attempt on another port may get around. */
export function lostItsPort(lines: readonly string[]): boolean {
  return lines.some((line) => line.includes('Address already in use'))
}

/**
 * Tells why a broker's JVM ended, by what it logged last.
 *
 * @param directory the broker's folder, for the message
 */
export function brokerFailure(directory: string, exit: Exit, lines: readonly string[]): OperatingError {
  const has = (text: string) => lines.some((line) => line.includes(text))
  if (exit.code === folderInUse || has('Failed to acquire lock on file')) {
    return new OperatingError(
      `${directory}: a running broker uses this folder. Stop that one, or choose another folder with --directory.`,
    )
  }
  if (has('No space left on device')) {
    return new OperatingError(`${directory}: the disk is full. Free some space and restart the broker.`)
  }
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with exit code ${exit.code}`
  // The first error is the cause; the lines after it tell of the shutdown that it led to.
  const firstError = lines.findIndex((line) => /\b(ERROR|FATAL)\b|^Error/.test(line))
  const shown = firstError < 0 ? lines.slice(-15) : lines.slice(firstError, firstError + 15)
  const log = shown.map((line) => `  ${line}`)
  return new OperatingError([`${directory}: the broker's JVM ${how}. From its log:`, ...log].join('\n'))
}
