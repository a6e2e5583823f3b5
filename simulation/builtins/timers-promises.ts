/* node:timers/promises, as far as the programs use it, on the world's clock. */
import { clearTimeout, setTimeout as startTimer } from './globals.ts'

type Options = { signal?: AbortSignal; ref?: boolean }

export function setTimeout<Value>(ms?: number, value?: Value, options: Options = {}): Promise<Value> {
  const { signal, ref = true } = options
  const { promise, resolve, reject } = Promise.withResolvers<Value>()
  // As Node does it: an error of its own, whose cause is the signal's reason.
  const abort = () => {
    clearTimeout(timer)
    const error = new Error('The operation was aborted', { cause: signal?.reason })
    reject(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }))
  }
  const timer = startTimer(() => {
    signal?.removeEventListener('abort', abort)
    resolve(value as Value)
  }, ms)
  if (!ref) timer.unref()
  if (signal?.aborted) abort()
  else signal?.addEventListener('abort', abort, { once: true })
  return promise
}
