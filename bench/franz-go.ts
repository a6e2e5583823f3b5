import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findCommand } from '../processes/find-command.ts'
import type { FoldRun } from './folded.ts'
import { findResult, runToEnd } from './run-to-end.ts'

/** The consumer in `bench/go`, built; or why it is absent. */
export type FranzGo =
  | { version: string; run: (...args: string[]) => Promise<FoldRun> }
  | { absentFor: string }

const source = join(import.meta.dirname, 'go')

/**
 * Builds `bench/go` where Go is installed; Go fetches its modules once, into its own cache.
 *
 * @param folder for the program
 * @throws OperatingError when a Go that is new enough fails
 */
export async function buildFranzGo(folder: string, signal: AbortSignal): Promise<FranzGo> {
  const go = findCommand('go')
  if (!go) return { absentFor: 'there is no go on PATH' }
  // Not another toolchain than the one at hand.
  const environment = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly -buildvcs=false' }
  const runGo = (...args: string[]) => runToEnd({ command: go, args, environment, directory: source }, signal)
  const needed = inModuleFile(/^go (.*)$/m)
  const found = (await runGo('version')).at(-1)!.replace(/^go version go(\S+).*$/, '$1')
  if (isOlder(found, needed)) return { absentFor: `it takes Go ${needed}, found was ${found}` }
  const program = join(folder, 'catch-up')
  await runGo('build', '-o', program, '.')
  return {
    version: `${inModuleFile(/\/franz-go (v\S+)$/m)} (Go ${found})`,
    run: async (...args) => findResult(await runToEnd({ command: program, args }, signal)),
  }
}

function inModuleFile(pattern: RegExp): string {
  return pattern.exec(readFileSync(join(source, 'go.mod'), 'utf8'))![1]!
}

/** Compares versions such as 1.26.0 and 1.26.8. */
function isOlder(version: string, than: string): boolean {
  const [one, two] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)))
  const differs = two!.findIndex((part, i) => part !== (one![i] ?? 0))
  return differs >= 0 && (one![differs] ?? 0) < two![differs]!
}
