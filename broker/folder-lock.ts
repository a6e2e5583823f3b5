/** How a command that could not get the lock ends: a code that neither the JVM nor Kafka uses. */
export const folderInUse = 75

/**
 * Has a command hold a lock on the broker's folder for as long as it lives: the kernel's, so it goes with the process.
 *
 * Kafka's own lock comes too late: a second broker on the folder recovers the metadata log before it looks at that
 * lock, under the feet of the first (seen: `Record is corrupt`). One that is just ending is waited for, 2 s.
 * Only on Linux; elsewhere Kafka's own lock is all there is.
 */
export function lockingFolder(command: string, args: readonly string[]) {
  if (process.platform !== 'linux') return { command, args }
  const lock = ['--timeout', '2', '--conflict-exit-code', String(folderInUse), '--no-fork', 'lock']
  return { command: 'flock', args: [...lock, command, ...args] }
}
