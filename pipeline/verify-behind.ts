import { setTimeout as sleep } from 'node:timers/promises'
import { OperatingError } from '../files/lib/core/program.ts'
import { partitionPaths } from '../files/lib/engine/partition-paths.ts'
import { readStatus } from '../files/lib/engine/status-file.ts'
import type { ChaosStatus } from '../files/lib/results/chaos-status.ts'
import type { ProofStatus } from '../files/lib/results/proof-status.ts'
import type { Verification } from '../files/lib/verify/verification.ts'
import { describeFault } from '../files/lib/verify/verify-words.ts'
import { partitions } from '../files/lib/weather/partitions.ts'
import { runVerification } from './run-verification.ts'

type Agreement = Pick<ChaosStatus, 'numbers' | 'difference'>

/** Waits until the next verification is due. @param lastMs how long the last one took; undefined before the first */
export type WaitUntilDue = (lastMs: number | undefined, signal: AbortSignal) => Promise<void>

/**
 * Runs verify.ts again and again behind the consumers, until the signal aborts.
 *
 * @param environment names broker and data folder
 * @param tell called after each run
 */
export async function verifyBehind(
  environment: NodeJS.ProcessEnv,
  waitUntilDue: WaitUntilDue,
  tell: (verification: Verification) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let lastMs: number | undefined; ; ) {
    await waitUntilDue(lastMs, signal)
    const begin = performance.now()
    tell(await runVerification(environment, signal).catch(withoutVerdict))
    lastMs = performance.now() - begin
  }
}

/** One that was killed, or could not begin, is told of as what it is: no verdict. */
function withoutVerdict(error: unknown): Verification {
  if (!(error instanceof OperatingError)) throw error
  return { verdict: 'unknown', partitions: [], numbers: 0, error: error.message }
}

const pollMs = 500
const everyMs = 60_000
// A verification reads the whole log: at most a twentieth of the time is spent on it, however long that is.
const pauseShare = 19

/** Makes a wait until the consumers have caught up, at the start and whenever they had fallen behind, or a minute is over. */
export function afterEachCatchUp(dataDirectory: string): WaitUntilDue {
  return async (lastMs, signal) => {
    const begin = performance.now()
    const [soonest, latest] = [pauseShare * (lastMs ?? 0), Math.max(everyMs, pauseShare * (lastMs ?? 0))]
    for (let wasBehind = lastMs === undefined; ; await sleep(pollMs, undefined, { signal })) {
      const isLive = partitions.every(
        (partition) => readStatus(partitionPaths(dataDirectory, partition).status)?.state === 'live',
      )
      wasBehind ||= !isLive
      const waitedMs = performance.now() - begin
      if (waitedMs >= latest || (waitedMs >= soonest && wasBehind && isLive)) return
    }
  }
}

/** Takes from a verification how many numbers agree, or what differs; undefined when it could not tell. */
export function agreementIn({ verdict, partitions, numbers }: Verification): Agreement | undefined {
  if (verdict === 'unknown') return undefined
  const differing = partitions.find(({ verdict }) => verdict === 'differ')
  return differing ? { numbers: 0, difference: describeFault(differing) } : { numbers, difference: null }
}

/** Takes from a verification what the page shows of it. */
export function proofIn(verification: Verification, checkedAt: number): ProofStatus {
  const { verdict, partitions, numbers, error } = verification
  const faulty = partitions.find((partition) => partition.verdict === verdict)
  const fault = verdict === 'agree' ? null : (error ?? (faulty ? describeFault(faulty) : 'no partition file'))
  return { verdict, numbers, fault, checkedAt }
}
