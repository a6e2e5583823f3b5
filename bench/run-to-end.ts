import { OperatingError } from '../files/lib/core/program.ts'
import type { ChildOptions } from '../processes/child.ts'
import { runChild } from '../processes/run-child.ts'

/**
 * Runs a command to its end; resolves with the last lines it printed.
 *
 * @throws OperatingError with those lines when its exit code is not 0
 */
export async function runToEnd(options: ChildOptions, signal: AbortSignal): Promise<readonly string[]> {
  const { code, lines } = await runChild(options, signal)
  if (code === 0) return lines
  const command = [options.command, ...options.args.filter((arg) => arg.length < 200)].join(' ')
  throw new OperatingError(`${command}: ended with exit code ${code}:\n  ${lines.slice(-20).join('\n  ')}`)
}

/** Finds the line that is a JSON object, as our measuring programs print one. */
export function findResult<Result>(lines: readonly string[]): Result {
  const line = lines.findLast((line) => line.startsWith('{'))
  if (!line) throw new OperatingError(`a result was expected, printed was:\n  ${lines.join('\n  ')}`)
  return JSON.parse(line) as Result
}
