import { parseArgs } from 'node:util'
import { parsePort } from '../lib/core/parse-port.ts'
import { UsageError } from '../lib/core/program.ts'
import { parsePeriod } from '../lib/weather/parse-period.ts'

const usage = `Usage: dashboard.ts [--port 8080] [--host 127.0.0.1] [--normals 1991-2020]
  --port  to listen on; 0 for any free one
  --host  address to listen on, and a name by which the page may be asked for; 0.0.0.0 for all addresses
  --normals  years of a reference period, which the months are held against`

/**
 * Parses the page's command line.
 *
 * @throws UsageError with the usage line
 */
export function parseDashboardOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        normals: { type: 'string' },
      },
    })
    const normals = values.normals === undefined ? undefined : parsePeriod(values.normals)
    return { host: parseHost(values.host), port: parsePort(values.port), normals }
  } catch (cause) {
    throw new UsageError(`dashboard.ts: ${(cause as Error).message}\n${usage}`, { cause })
  }
}

function parseHost(text: string): string {
  if (/^[\w.:-]+$/.test(text)) return text
  throw new UsageError(`--host is '${text}': expected a name or an address`)
}
