import { OperatingError } from '../core/program.ts'
import type { Place } from './days.ts'

/** Makes the error for what does not fit its format. */
export function formatError({ source, line, column }: Place, found: string, expected: string) {
  return new OperatingError(
    `${source}: line ${line}, column ${column}: ${found}: expected ${expected}. Nothing has been sent.`,
  )
}
