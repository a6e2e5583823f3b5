import { placeText, type SkipReason, skipReasons } from './days.ts'
import type { ObservationOptions, Observations } from './observations.ts'

const reasons = Object.keys(skipReasons) as SkipReason[]

/** Prints the values that were left out, a line each. */
export function printSkipped({ list }: Observations): void {
  for (const { date, reason, ...place } of list)
    console.log(`Skipped ${date}: ${skipReasons[reason]} (${place.source}: ${placeText(place)})`)
}

/** How many values were left out for each reason: `3 impossible`. */
export function skippedCounts({ skipped }: Pick<Observations, 'skipped'>): string[] {
  const found = reasons.filter((reason) => skipped.has(reason))
  return found.map((reason) => `${skipped.get(reason)} ${skipReasons[reason]}`)
}

/** Says how many values were left out for each reason: first those without a value, also when there are none. */
export function countSkipped({ skipped }: Observations): string[] {
  const others = reasons.filter((reason) => reason !== 'missing' && skipped.has(reason))
  return [
    `${skipped.get('missing') ?? 0} ${skipReasons.missing} skipped`,
    ...others.map((reason) => `${skipped.get(reason)} ${skipReasons[reason]}`),
  ]
}

/**
 * Says that observations files hold no day to send: what they hold instead, counted by reason, and what to do.
 *
 * @param paths of the files, `-` for standard input
 * @param options by which they were read
 */
export function describeNoDays(
  paths: readonly string[],
  { station, from, to }: ObservationOptions,
  { skipped, notes }: Observations,
): string {
  const counts = skippedCounts({ skipped })
  const names = paths.map((path) => (path === '-' ? 'standard input' : path)).join(', ')
  const range = [from && `--from ${from}`, to && `--to ${to}`].filter(Boolean).join(' ')
  return [
    `${names}: no day${station ? ` of ${station}` : ''} to send: ${counts.join(', ') || 'it holds no value'}.`,
    'Expected at least one day with a highest temperature.',
    ...(skipped.has('outside') ? [`Change ${range}.`] : []),
    ...notes,
    ...(counts.length > 0 ? ['--list-skipped lists each value that was left out.'] : []),
    ...(station ? ['Without --station the stations in the files are listed.'] : []),
  ].join(' ')
}
