import assert from 'node:assert/strict'

/**
 * Asserts that no generated day is missing, and that a date comes again only as the generator repeats it: with 1,000,000
 * degrees. The producer sends a day once the one before is acknowledged, so a day that is missing was acknowledged.
 *
 * @returns how many days there are
 */
export function expectGenerated(reports: readonly { date: string; degrees: number }[]): number {
  const measured = reports.filter(({ degrees }) => degrees < 1000).map(({ date }) => date)
  const dates = [...new Set(measured)].sort()
  assert.equal(dates.length, measured.length, 'a day is in the log twice')
  const days = (date: string) => Date.parse(date) / 86_400_000
  assert.equal(days(dates.at(-1)!) - days('1990-01-01') + 1, dates.length, 'a day is missing')
  return dates.length
}
