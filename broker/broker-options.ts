import { parseArgs } from 'node:util'
import { parsePort } from '../files/lib/core/parse-port.ts'
import { UsageError } from '../files/lib/core/program.ts'

const usage = `Usage: broker.ts [--port 9092] [--directory .kafka] [--host 127.0.0.1] [--advertise HOST:PORT]
                 [--user NAME[:GROUP]] [--heap 512m] [--throughput] [--prepare | --check]
  --prepare  fetches and makes all that the first start would, and ends
  --check    ends with exit code 0 when a broker answers at host and port, 1 otherwise`

/**
 * Parses the broker's command line.
 *
 * @throws UsageError with the usage when it makes no sense
 */
export function parseBrokerOptions(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { ...text, default: '9092' },
        directory: { ...text, default: '.kafka' },
        host: { ...text, default: '127.0.0.1' },
        advertise: text,
        user: text,
        heap: text,
        throughput: flag,
        prepare: flag,
        check: flag,
      },
    })
    return { ...values, advertised: values.advertise, port: parsePort(values.port) }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}
