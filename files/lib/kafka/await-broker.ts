import { setTimeout as sleep } from 'node:timers/promises'
import { OperatingError } from '../core/program.ts'
import { reason } from './network-error.ts'

const brokerWaitMs = 30_000
const retryMs = 250

/**
 * Waits until a broker answers, saying so once if that is not at once.
 *
 * @param servers where it is looked for, as the user named them
 * @param ask asks a broker anything
 * @param mayPass tells an error that may pass by itself; any other is thrown as it is
 * @throws OperatingError after 30 s without an answer
 */
export async function awaitBroker(
  servers: readonly string[],
  ask: () => Promise<unknown>,
  mayPass: (error: unknown) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const where = servers.join(',')
  const deadline = performance.now() + brokerWaitMs
  for (let attempt = 0; ; attempt++) {
    try {
      await ask()
      return
    } catch (cause) {
      signal.throwIfAborted()
      if (!mayPass(cause)) throw cause
      if (performance.now() >= deadline) throw notReached(where, cause)
      if (attempt === 0) console.error(`Waiting up to ${brokerWaitMs / 1000} s for a broker at ${where}.`)
    }
    await sleep(retryMs, undefined, { signal })
  }
}

function notReached(where: string, cause: unknown): OperatingError {
  return new OperatingError(
    `${where}: no broker answered within ${brokerWaitMs / 1000} s (${reason(cause)}). ` +
      'Start one with `npm run broker`, or set KAFKA_BOOTSTRAP_SERVERS; and KAFKA_SECURITY_PROTOCOL if it wants TLS or SASL.',
    { cause },
  )
}
