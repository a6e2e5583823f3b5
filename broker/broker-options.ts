import { parseArgs } from 'node:util'
import { UsageError } from '../files/lib/program.ts'

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

/**
 * Parses the value of `--port`, 0 to 65535; 0 stands for any free port.
 *
 * @throws UsageError when it is none
 */
export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port
  throw new UsageError(`--port is '${text}': expected a whole number from 0 (any free port) to 65535.`)
}
