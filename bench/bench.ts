import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { type Command, flag, optional } from '../files/lib/core/command.ts'
import { parseCommandLine } from '../files/lib/core/command-line.ts'
import { type Value, wholeNumber } from '../files/lib/core/option-values.ts'
import { run } from '../files/lib/core/program.ts'
import { describeRun } from './machine.ts'
import { measure, type PartName, type Plan, partNames } from './measure.ts'
import { formatRaw, formatRows } from './report-table.ts'
import { withSetup } from './setup.ts'

const parts: Value<PartName[]> = {
  parse: (text) => {
    const names = text.split(',').map((name) => partNames.find((known) => known === name))
    return names.every((name) => name !== undefined) ? names : undefined
  },
  expected: `some of ${partNames.join(', ')}, with commas between`,
}

const command = {
  name: 'npm run bench --',
  purpose:
    'Measures our programs beside others on a broker of its own, prints a table and writes it to results.md.',
  options: {
    quick: flag('A look in a few minutes: one round, fewer records, no file written.'),
    only: optional('PARTS', parts, `With commas between, no file written: ${partNames.join(', ')}.`),
    records: optional(
      'N',
      wholeNumber(1, 1e9),
      'The records sent in bulk; 3800000 by default, 1000000 with --quick.',
    ),
  },
  examples: [['npm run bench -- --quick --only restart', 'How long a restart takes.']],
} satisfies Command

const quickPlan = {
  largeCount: undefined,
  singleCount: 100_000,
  rounds: 1,
  latencyCount: 50,
  producedCount: 100_000,
  stations: 1200,
  byYearRounds: 1,
}
const wholePlan = {
  largeCount: 18_000_000,
  singleCount: 1_500_000,
  rounds: 5,
  latencyCount: 400,
  producedCount: 200_000,
  stations: 12_300,
  byYearRounds: 2,
}

await run(async (signal) => {
  const { isWhole, wanted, plan } = parsePlan(process.argv.slice(2))
  const [loadBefore, begin] = [loadavg()[0]!, performance.now()]
  const seconds = () => `${((performance.now() - begin) / 1000).toFixed(0)} s`
  const say = (line: string) => console.error(`${seconds()}: ${line}`)
  const text = await withSetup(signal, async (setup) => {
    const { rows, raw } = await measure(setup, plan, wanted, say)
    return [describeRun(setup, loadBefore), formatRows(rows), formatRaw(raw)].join('\n\n')
  })
  say('done')
  console.log(`\n${text}`)
  if (!isWhole) return
  const head = `# Results of \`npm run bench\`\n\nWritten by it in ${seconds()}: medians of ${plan.rounds} rounds taken by turns.`
  await writeFile(join(import.meta.dirname, 'results.md'), `${head}\n\n${text}\n`)
})

function parsePlan(args: string[]): { isWhole: boolean; wanted: readonly PartName[]; plan: Plan } {
  const { quick, only, records = quick ? 1_000_000 : 3_800_000 } = parseCommandLine(command, args).values
  const plan = { recordCount: records, ...(quick ? quickPlan : wholePlan) }
  return { isWhole: !quick && only === undefined, wanted: only ?? partNames, plan }
}
