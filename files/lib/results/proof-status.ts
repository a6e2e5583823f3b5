import { join } from 'node:path'
import { replaceFile } from '../core/replace-file.ts'

/**
 * What the last verification of a data folder's files against the log came to, in `.almanac/proof.json`: `npm start` writes
 * it, the page shows it.
 */
export type ProofStatus = {
  verdict: 'agree' | 'differ' | 'unknown'
  /** How many counts, sums and averages were compared. */
  numbers: number
  /** What differs first of all, or what kept it from comparing; null when all agree. */
  fault: string | null
  /** When it ended, in milliseconds since 1970. */
  checkedAt: number
}

/** Where the status stands. */
export function proofPath(directory: string): string {
  return join(directory, '.almanac', 'proof.json')
}

/** Writes it, whole but not synced: after a power cut it is worked out anew. */
export function writeProofStatus(directory: string, status: ProofStatus): void {
  replaceFile(proofPath(directory), `${JSON.stringify(status)}\n`, { isSynced: false })
}

/** Parses what stands in its file; undefined when that makes no sense. */
export function parseProofStatus(text: string): ProofStatus | undefined {
  let value: Partial<ProofStatus>
  try {
    value = Object(JSON.parse(text)) as Partial<ProofStatus>
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  const { verdict, numbers, fault, checkedAt } = value
  const isSound =
    ['agree', 'differ', 'unknown'].includes(verdict ?? '') &&
    Number.isSafeInteger(numbers) &&
    Number.isFinite(checkedAt) &&
    (typeof fault === 'string' || (fault === null && verdict === 'agree'))
  return isSound ? (value as ProofStatus) : undefined
}
