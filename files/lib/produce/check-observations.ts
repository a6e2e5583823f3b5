import { OperatingError } from '../core/program.ts'
import type { ObservationOptions } from '../observations/observations.ts'
import { printSkipped } from '../observations/skipped.ts'
import { readOnce } from './follow-observations.ts'
import { formatPreview } from './preview.ts'

/**
 * Reads observations files as they are read to be sent, and prints what would be sent. Asks no broker, sends nothing.
 *
 * @throws OperatingError when they would not be sent: the error that sending them would end with
 */
export async function checkObservations(
  paths: readonly string[],
  options: ObservationOptions,
  signal: AbortSignal,
): Promise<void> {
  for await (const observations of readOnce(paths, options, signal)) {
    printSkipped(observations)
    for (const line of [...formatPreview(observations), ...observations.notes]) console.log(line)
  }
  console.log('Nothing has been sent: this is what would be, without --check.')
}

/**
 * Adds to an error of a file's content that there is a preview. An error that has a cause is of another kind, such as a
 * file that is absent: a preview would not help.
 */
export function suggestCheck(error: unknown): never {
  if (!(error instanceof OperatingError) || error.cause !== undefined) throw error
  const { message } = error
  const separator = message.includes('\n') ? '\n' : ' '
  const suggestion =
    'Then `producer.ts --observations FILE --check` shows what would be sent, before anything is.'
  throw new OperatingError(`${message}${separator}${suggestion}`, { cause: error })
}
