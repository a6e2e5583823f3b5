import { UsageError } from '../core/program.ts'
import type { Years } from './source.ts'

/** Parses a reference period such as `1991-2020`: its first and last year. @throws UsageError */
export function parsePeriod(text: string): Years {
  const [first, last] = /^\d{4}-\d{4}$/.test(text) ? text.split('-').map(Number) : []
  if (first && last && first <= last) return { first, last }
  throw new UsageError(`--normals is '${text}': expected the first and last year of a period, as 1991-2020.`)
}
