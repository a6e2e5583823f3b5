import { type ChildOptions, startChild } from './child.ts'

/**
 * Runs a command to its end.
 *
 * @param signal kills it when it aborts
 * @returns how it ended and the last lines it printed
 * @throws the signal's reason when that has aborted
 */
export async function runChild(options: ChildOptions, signal?: AbortSignal) {
  const child = await startChild(options)
  signal?.addEventListener('abort', child.kill, { once: true })
  if (signal?.aborted) child.kill()
  const exit = await child.exited
  signal?.removeEventListener('abort', child.kill)
  signal?.throwIfAborted()
  return { ...exit, lines: child.tail() }
}
