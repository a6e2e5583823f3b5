import { chmodSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryFolder } from './program.ts'

export const isRoot = process.getuid?.() === 0

/** The id of user and group `nobody`. */
export const nobody = 65534

const preload = new URL('./become-nobody.ts', import.meta.url).href

/** Node's arguments for a program whose rights a test takes away: root has them all, so it becomes nobody. */
export const nodeWithoutRights: readonly string[] = isRoot ? ['--import', preload] : []

/** The same as an environment. */
export const withoutRights = { NODE_OPTIONS: nodeWithoutRights.join(' ') }

/** Makes a folder like {@link temporaryFolder}'s that nobody can reach too: TMPDIR may be for root alone. */
export async function openFolder(t: TestContext): Promise<string> {
  const parent = [tmpdir(), '/tmp', '/var/tmp', '/dev/shm'].find((path) => !isRoot || isOpenToAll(path))
  if (!parent) throw new Error('Neither TMPDIR nor /tmp, /var/tmp or /dev/shm can be reached by every user.')
  const path = await temporaryFolder(t, parent)
  chmodSync(path, 0o755)
  return path
}

function isOpenToAll(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
  return (mode & 0o001) !== 0 && (path === dirname(path) || isOpenToAll(dirname(path)))
}
