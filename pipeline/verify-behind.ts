import { setTimeout as sleep } from 'node:timers/promises'
import { runChild } from '../processes/run-child.ts'
import { programCommand } from './start-program.ts'

/** What a verification came to: how many numbers it compared, and what it found wrong; undefined when it could not tell. */
export type Verification = { numbers: number; difference: string | null } | undefined

const pauseMs = 3000

/**
 * Runs verify.ts again and again behind the consumers, until the signal aborts.
 *
 * @param environment names broker and data folder
 * @param tell called after each run that could tell
 */
export async function verifyBehind(
  environment: NodeJS.ProcessEnv,
  tell: (verification: NonNullable<Verification>) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await sleep(pauseMs, undefined, { signal })
    const { code, lines } = await runChild({ ...programCommand('verify.ts'), environment }, signal)
    const verification = readVerification(code, lines)
    if (verification) tell(verification)
  }
}

/**
 * Reads what verify.ts printed. Files that belong to an earlier topic, and a broker that does not answer, say nothing about numbers.
 *
 * @param code its exit code
 */
export function readVerification(code: number | null, lines: readonly string[]): Verification {
  const numbers = /^All (\d+) numbers agree with the log\.$/m.exec(lines.join('\n'))?.[1]
  if (code === 0 && numbers) return { numbers: Number(numbers), difference: null }
  const differing = lines.find(
    (line) =>
      /^partition \d: /.test(line) && !/; file agrees$|: no file in | belongs to topic id /.test(line),
  )
  return code === 1 && differing ? { numbers: 0, difference: differing } : undefined
}
