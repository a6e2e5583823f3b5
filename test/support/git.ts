import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'

const root = dirname(dirname(import.meta.dirname))

/**
 * Runs git in the project's folder and returns the lines it prints. Also where another user owns that, as when a container
 * or `sudo` runs the tests: of its own accord git would refuse.
 */
export function git(...args: string[]): string[] {
  const options = { cwd: root, encoding: 'utf8' } as const
  return execFileSync('git', ['-c', 'safe.directory=*', ...args], options)
    .split('\n')
    .filter(Boolean)
}

/** Lists the files that are under version control or about to be. */
export function listFiles(...patterns: string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...patterns]
  const deleted = new Set(git('ls-files', '--deleted', '--', ...patterns))
  return git(...args).filter((path) => !deleted.has(path))
}
