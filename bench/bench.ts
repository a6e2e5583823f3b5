import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run, UsageError } from '../files/lib/core/program.ts'
import { describeRun } from './machine.ts'
import { measure, type PartName, type Plan, partNames } from './measure.ts'
import { formatRaw, formatRows } from './report-table.ts'
import { withSetup } from './setup.ts'

// Measures our programs beside others on a broker of its own, prints a table and writes it to results.md.
const usage = `Usage: npm run bench -- [--quick] [--only PARTS] [--records N]
  --quick       a look in a few minutes: one round, fewer records, no file written
  --only PARTS  with commas between, no file written: ${partNames.join(', ')}
  --records N   how many records the topic has that is sent in bulk, 3800000 by default`

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

function parsePlan(args: string[]): { isWhole: boolean; wanted: PartName[]; plan: Plan } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        records: { type: 'string' },
      },
    })
    const { quick, records = quick ? '1000000' : '3800000' } = values
    if (!/^[1-9]\d*$/.test(records)) throw new UsageError(`--records is '${records}': expected a number.`)
    const wanted = values.only?.split(',').map(parsePart) ?? partNames
    const plan = { recordCount: Number(records), ...(quick ? quickPlan : wholePlan) }
    return { isWhole: !quick && values.only === undefined, wanted, plan }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}

function parsePart(name: string): PartName {
  const found = partNames.find((known) => known === name)
  if (found) return found
  throw new UsageError(`--only has '${name}': expected some of ${partNames.join(', ')}.`)
}
