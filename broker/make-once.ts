import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder unless it is there, so that it is only ever seen whole: the work happens in a temporary folder
 * beside it, which is renamed at the end. Of two processes doing so at once, one wins and the other uses its result.
 *
 * @param make fills the temporary folder; what it throws is passed on and leaves nothing behind
 */
export async function makeOnce(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return
  await mkdir(dirname(path), { recursive: true })
  const temporary = await mkdtemp(`${path}.tmp-`)
  try {
    await chmod(temporary, 0o755) // mkdtemp's own 0700 would shut out a broker that runs as another user.
    await make(temporary)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  }
}
