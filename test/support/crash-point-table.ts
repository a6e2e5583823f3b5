import { type FileCall, labelOf, type Moment } from './file-calls.ts'

/** All moments at which a program that makes these calls can be killed so that another thing is on the disk. */
export function momentsOf(calls: readonly FileCall[]): Moment[] {
  const moments = stepsOf(calls).flatMap(({ points }) => points)
  const { label, nth } = moments.at(-1)!
  return [...moments, { label, nth, when: 'after' }]
}

type Step = { target: string; words: string[]; points: Moment[] }

/** Groups calls by the file they are for; a status file's are taken once, for their number depends on the time. */
function stepsOf(calls: readonly FileCall[]): Step[] {
  const steps: Step[] = []
  const seen = new Map<string, number>()
  for (const call of calls) {
    if (call.made?.length === 0) continue // Was there before.
    const label = labelOf(call)
    const nth = seen.get(label) ?? 0
    seen.set(label, nth + 1)
    const target = targetOf(label)
    if (target.includes('.status.json') && nth > 0) continue
    const isOfFolder = call.name !== 'mkdir' && !target.includes('.json')
    const isNext = steps.at(-1)?.target !== target && !isOfFolder
    if (isNext || steps.length === 0) steps.push({ target, words: [], points: [] })
    const step = steps.at(-1)!
    step.words.push(...wordOf(call, isOfFolder ? target : undefined))
    step.points.push({ label, nth, when: 'before' })
    if (call.hasHalf) step.points.push({ label, nth, when: 'half-way' })
  }
  return steps
}

function targetOf(label: string): string {
  return label.replace(/^\w+ /, '').replace(/\.tmp$/, '')
}

/** A folder's three calls, which always follow one another, share their name. */
function wordOf({ name, hasHalf }: FileCall, folder: string | undefined): string[] {
  if (folder === undefined) return [hasHalf ? `${name} (½)` : name]
  if (name !== 'close') return []
  return [`open + fsync + close ${folder === '.' ? 'of the data folder' : `of \`${folder}\``}`]
}

/** The table of all crash points for docs/proof.md: a row a file written. */
export function crashPointTable(traces: readonly { name: string; calls: FileCall[] }[]): string {
  const rows = traces.flatMap(({ name, calls }) =>
    stepsOf(calls).map(
      ({ target, words }, index) => `| ${index === 0 ? name : ''} | \`${target}\` | ${words.join(', ')} |`,
    ),
  )
  const count = traces.reduce((sum, { calls }) => sum + momentsOf(calls).length, 0)
  return [
    "| consumer's start | file | calls |",
    '| --- | --- | --- |',
    ...rows,
    '',
    `${count} crash points.`,
  ].join('\n')
}
