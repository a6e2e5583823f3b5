import { UsageError } from './program.ts'

/**
 * Parses the value of `--port`, 0 to 65535; 0 stands for any free port.
 *
 * @throws UsageError for anything else
 */
export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port
  throw new UsageError(`--port is '${text}': expected a whole number from 0 (any free port) to 65535.`)
}
