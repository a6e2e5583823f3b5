import { type FSWatcher, statSync, watch } from 'node:fs'
import { join } from 'node:path'

/** A watch that goes on until it is closed. */
export type FolderWatch = { close: () => void }

const pollMs = 1000
const isOurs = /^(partition-\d(\.status)?|proof)\.json$/

/**
 * Watches a folder of partition files and the status files in its `.almanac`, either of which may come later or be
 * replaced.
 *
 * The folders are watched, not the files, for a rename makes a file anew. Mounts may send no events, so `onChange` is
 * called each second all the same: it is to look for itself what has changed.
 */
export function watchFolder(folder: string, onChange: () => void): FolderWatch {
  const parts = [watchOne(folder, onChange), watchOne(join(folder, '.almanac'), onChange)]
  const poll = () => {
    for (const part of parts) part.renew()
    onChange()
  }
  const timer = setInterval(poll, pollMs)
  poll()
  return {
    close: () => {
      clearInterval(timer)
      for (const part of parts) part.close()
    },
  }
}

function watchOne(path: string, onChange: () => void) {
  let watcher: FSWatcher | undefined
  let watched: bigint | undefined
  const close = () => {
    watcher?.close()
    watcher = undefined
    watched = undefined
  }
  const renew = () => {
    const inode = statSync(path, { bigint: true, throwIfNoEntry: false })?.ino
    if (inode === watched) return
    close()
    if (inode === undefined) return
    try {
      watcher = watch(path, (_, name) => {
        if (name === null || isOurs.test(name)) onChange()
      })
    } catch (error) {
      // No event queue left, or the folder gone since: the poll does without, and tries again.
      if (!(error as NodeJS.ErrnoException).syscall) throw error
      return
    }
    watcher.on('error', close)
    watched = inode
  }
  return { renew, close }
}
