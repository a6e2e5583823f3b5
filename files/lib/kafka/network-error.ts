/** Trouble that may pass by itself: a broker away, a connection cut, an answer that does not come. */
export class NetworkError extends Error {
  override name = 'NetworkError'
}

/** Whether an error is one that may pass by itself. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof NetworkError
}

/** The innermost message of an error that has others as its cause. */
export function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors.at(-1))
  if (error instanceof Error && error.cause instanceof Error) return reason(error.cause)
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
}
