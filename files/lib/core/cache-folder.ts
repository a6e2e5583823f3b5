import { enableCompileCache, flushCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Almanac keeps what can be made again: `ALMANAC_CACHE`, else `almanac` in `XDG_CACHE_HOME` or `~/.cache`. */
export function cacheFolder(): string {
  return process.env.ALMANAC_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'almanac')
}

/**
 * Loads a program with its modules compiled already, as an earlier start left them in the cache folder: that halves the
 * time until it works. What is new is kept at once, so that a kill does not lose it.
 *
 * Node goes without where the folder cannot be written.
 */
export async function loadCompiled<Program>(load: () => Promise<Program>): Promise<Program> {
  enableCompileCache(join(cacheFolder(), 'compiled'))
  const program = await load()
  flushCompileCache()
  return program
}
