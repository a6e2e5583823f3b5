import { execFileSync } from 'node:child_process'
import { faultKinds } from './faults.ts'
import type { Summary } from './run-worlds.ts'
import type { Outcome } from './world.ts'

/** A world in a line. */
export function outcomeLine({ seed, failure, digest, met, records, judged, ms }: Outcome): string {
  const end = failure === undefined ? 'all is right' : failure
  return (
    `seed ${seed}, trace ${digest}: ${(ms / 1000).toFixed(1)} s, ${records} records, ${judged} files judged, ` +
    `${met.join(', ') || 'no faults'}: ${end}`
  )
}

/** What a run of worlds came to: how many, how fast, and how often each fault has befallen something. */
export function summaryTable({
  first,
  worlds,
  failures,
  records,
  judged,
  met,
  worldMs,
  ms,
}: Summary): string {
  const minutes = ms / 60_000
  const kinds = faultKinds.map((kind) => `  ${kind.padEnd(22)}${String(met.get(kind) ?? 0).padStart(8)}`)
  return [
    `${worlds} worlds from seed ${first} on, ${failures.length} went wrong: ${records} records, ${judged} files judged, ` +
      `${(worldMs / 3_600_000).toFixed(1)} h of their time in ${minutes.toFixed(1)} min, ${Math.round(worlds / minutes)} worlds a minute.`,
    'Faults, and in how many worlds each befell something:',
    ...kinds,
  ].join('\n')
}

/** What to know of a world that went wrong: how to run it again, what happened last, and what it takes. */
export function failureReport(outcome: Outcome, faults: readonly number[]): string {
  const { seed, trace, faults: all } = outcome
  const list = faults.map((index) => {
    const { kind, at, forMs } = all[index]!
    return `  ${index}: ${kind} at ${(at / 1000).toFixed(2)} s for ${(forMs / 1000).toFixed(2)} s`
  })
  return [
    '',
    outcomeLine(outcome),
    `At commit ${commit()}; the last that happened:`,
    ...trace.slice(-40).map((line) => `  ${line}`),
    faults.length > 0 ? 'It takes these of its faults:' : 'It takes none of its faults.',
    ...list,
    `Again: npm run simulate -- --seed ${seed} --faults '${faults.join(',')}'`,
  ].join('\n')
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim()
  return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? ' with changes' : '')
}
