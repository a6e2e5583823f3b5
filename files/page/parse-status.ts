import type { Status } from '../lib/status-file.ts'

const states: readonly Status['state'][] = ['waiting', 'catching up', 'live', 'reconnecting', 'stopped']

/**
 * Parses a status file. Unlike a partition file it is no result: what makes no sense is as good as absent, for the
 * consumer writes it anew within a second.
 */
export function parseStatus(text: string): Status | undefined {
  const value = parseObject(text)
  const { pid, host, state, offset, endOffset, rate, heartbeat, error } = value
  const numbers = [pid, offset, rate, heartbeat].every((number) => Number.isFinite(number))
  const end = endOffset === null || Number.isFinite(endOffset)
  const texts = typeof host === 'string' && (error === null || typeof error === 'string')
  return numbers && end && texts && states.includes(state as Status['state']) ? (value as Status) : undefined
}

function parseObject(text: string): Partial<Record<keyof Status, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
