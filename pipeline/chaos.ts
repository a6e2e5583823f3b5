import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { partitionPaths } from '../files/lib/engine/partition-paths.ts'
import { isStale, readStatus } from '../files/lib/engine/status-file.ts'
import { type ChaosStatus, chaosPath, writeChaosStatus } from '../files/lib/results/chaos-status.ts'
import type { Verification } from '../files/lib/verify/verification.ts'
import type { Supervised } from './supervise.ts'
import { agreementIn, verifyBehind } from './verify-behind.ts'

/** What chaos befalls: a consumer and its partitions. */
export type Victim = { consumer: Pick<Supervised, 'process'>; partitions: readonly number[] }

type Options = {
  victims: readonly Victim[]
  dataDirectory: string
  /** Names broker and data folder. */
  environment: NodeJS.ProcessEnv
  say: (line: string) => void
  /** Told of each verification. */
  tell: (verification: Verification) => void
  signal: AbortSignal
}

// The pause before a kill: time to see that all goes on.
const [shortestMs, longestMs] = [2000, 5000]
const liveDeadlineMs = 60_000
const verifyPauseMs = 3000

/**
 * Kills a consumer by SIGKILL every few seconds and has verify.ts run behind, until the signal aborts; what comes of it stands in
 * the chaos status.
 *
 * @throws the signal's reason
 */
export async function makeChaos(options: Options): Promise<void> {
  const { dataDirectory, environment, signal } = options
  const times: number[] = []
  const status: Omit<ChaosStatus, 'heartbeat'> = {
    kills: 0,
    restartMs: null,
    numbers: null,
    difference: null,
  }
  const write = (news: Partial<ChaosStatus>) => {
    Object.assign(status, news)
    // A consumer makes the folder, durably, at its first start.
    if (existsSync(dirname(chaosPath(dataDirectory)))) writeChaosStatus(dataDirectory, status)
  }
  const pauseBetween = () => sleep(verifyPauseMs, undefined, { signal })
  const takeAgreement = (verification: Verification) => {
    options.tell(verification)
    write(agreementIn(verification) ?? {})
  }
  try {
    await Promise.all([
      verifyBehind(environment, pauseBetween, takeAgreement, signal),
      killAgainAndAgain(options, (ms) => {
        times.push(ms)
        write({ kills: times.length, restartMs: summarize(times) })
      }),
    ])
  } finally {
    rmSync(chaosPath(dataDirectory), { force: true })
  }
}

async function killAgainAndAgain(
  { victims, dataDirectory, say, signal }: Options,
  survived: (ms: number) => void,
) {
  for (;;) {
    await sleep(shortestMs + (longestMs - shortestMs) * Math.random(), undefined, { signal })
    const { consumer, partitions } = victims[Math.floor(victims.length * Math.random())]!
    const killed = consumer.process()
    await killed.kill()
    const { pid } =
      (await waitUntil(() => consumer.process() !== killed && consumer.process(), signal)) || killed
    const begin = performance.now()
    const isBack = () => partitions.every((partition) => isLive(dataDirectory, partition, pid))
    if (await waitUntil(isBack, signal)) survived(Math.round(performance.now() - begin))
    else
      say(`chaos: consumer ${partitions.join(' ')} is not live ${liveDeadlineMs / 1000} s after its start.`)
  }
}

/** Whether the process of that pid keeps a partition and has reached the end of the log. */
function isLive(dataDirectory: string, partition: number, pid: number): boolean {
  const status = readStatus(partitionPaths(dataDirectory, partition).status)
  return status?.pid === pid && status?.state === 'live' && !isStale(status, Date.now())
}

/** Asks every 5 ms; false when the answer stays so for too long. */
async function waitUntil<Answer>(probe: () => Answer, signal: AbortSignal): Promise<Answer | false> {
  for (const deadline = performance.now() + liveDeadlineMs; performance.now() < deadline; ) {
    const answer = probe()
    if (answer) return answer
    await sleep(5, undefined, { signal })
  }
  return false
}

function summarize(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b)
  return { median: sorted[sorted.length >> 1]!, worst: sorted.at(-1)! }
}
