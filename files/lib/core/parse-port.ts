import { UsageError } from './program.ts'

/**
 * Parses a port, 0 to 65535; 0 stands for any free one.
 *
 * @param option whose value it is
 * @throws UsageError for anything else
 */
export function parsePort(text: string, option = '--port'): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port
  throw new UsageError(`${option} is '${text}': expected a whole number from 0 (any free port) to 65535.`)
}
