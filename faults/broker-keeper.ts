import { setTimeout as sleep } from 'node:timers/promises'
import { type Broker, startBroker } from '../broker/start-broker.ts'
import { OperatingError } from '../files/lib/core/program.ts'

/** A broker that keeps folder and port from start to start. */
export type BrokerKeeper = {
  port: number
  broker: () => Broker
  /** Starts it after it has ended. */
  startAgain: () => Promise<void>
}

const attempts = 3

/**
 * Starts a broker that tells its clients to come by way of a proxy.
 *
 * @param advertised the proxy's address
 * @param signal ends a start that is under way
 */
export async function keepBroker(
  directory: string,
  port: number,
  advertised: string,
  signal: AbortSignal,
): Promise<BrokerKeeper> {
  const options = { directory, port, advertised, signal }
  let broker = await startBroker(options)
  const startAgain = async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        broker = await startBroker(options)
        return
      } catch (error) {
        if (attempt === attempts || !(error instanceof OperatingError)) throw error
        await sleep(1000)
      }
    }
  }
  return { port, broker: () => broker, startAgain }
}
