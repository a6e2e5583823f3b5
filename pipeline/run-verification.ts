import { OperatingError } from '../files/lib/core/program.ts'
import type { Verification } from '../files/lib/verify/verification.ts'
import { runChild } from '../processes/run-child.ts'
import { programCommand } from './start-program.ts'

/**
 * Runs verify.ts to its end, at low priority.
 *
 * @param environment names broker and data folder
 * @returns what it printed of itself
 * @throws OperatingError with its last lines when it printed nothing of the kind: its settings are wrong, or it was killed
 * @throws the signal's reason when that has aborted
 */
export async function runVerification(
  environment: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Verification> {
  const printed: string[] = []
  const onLine = (line: string, stream: 'stdout' | 'stderr') => {
    if (stream === 'stdout') printed.push(line)
  }
  const { code, lines } = await runChild(
    { ...programCommand('verify.ts', ['--json']), environment, onLine, isBackground: true },
    signal,
  )
  if (printed.length === 1) return JSON.parse(printed[0]!) as Verification
  throw new OperatingError([`verify.ts: ended with exit code ${code} and no verdict:`, ...lines].join('\n  '))
}
