import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosStatus } from '../files/lib/results/chaos-status.ts'
import type { Verification } from '../files/lib/verify/verification.ts'
import { describeFault } from '../files/lib/verify/verify-words.ts'
import { runVerification } from './run-verification.ts'

type Agreement = Pick<ChaosStatus, 'numbers' | 'difference'>

const pauseMs = 3000

/**
 * Runs verify.ts again and again behind the consumers, until the signal aborts.
 *
 * @param environment names broker and data folder
 * @param tell called after each run that could tell
 */
export async function verifyBehind(
  environment: NodeJS.ProcessEnv,
  tell: (agreement: Agreement) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await sleep(pauseMs, undefined, { signal })
    const agreement = agreementIn(await runVerification(environment, signal))
    if (agreement) tell(agreement)
  }
}

/** Takes from a verification how many numbers agree, or what differs; undefined when it could not tell. */
export function agreementIn({ verdict, partitions, numbers }: Verification): Agreement | undefined {
  if (verdict === 'unknown') return undefined
  const differing = partitions.find(({ verdict }) => verdict === 'differ')
  return differing ? { numbers: 0, difference: describeFault(differing) } : { numbers, difference: null }
}
