import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run, UsageError } from '../files/lib/program.ts'
import { describeRun } from './machine.ts'
import { measureAll, type Plan } from './measure.ts'
import { formatRaw, formatRows } from './report-table.ts'
import { withSetup } from './setup.ts'

// Measures consumer and producer beside others on a broker of its own, prints a table and writes it to results.md.
const usage = `Usage: npm run bench -- [--quick] [--records N]
  --quick      a look in a minute or so: one round, fewer records, no file written
  --records N  how many records the topic has, 3800000 by default`

await run(async (signal) => {
  const { quick, plan } = parsePlan(process.argv.slice(2))
  const [loadBefore, begin] = [loadavg()[0]!, performance.now()]
  const seconds = () => `${((performance.now() - begin) / 1000).toFixed(0)} s`
  const say = (line: string) => console.error(`${seconds()}: ${line}`)
  const text = await withSetup(signal, async (setup) => {
    const { rows, raw } = await measureAll(setup, plan, say)
    return [describeRun(setup, loadBefore), formatRows(rows), formatRaw(raw)].join('\n\n')
  })
  say('done')
  console.log(`\n${text}`)
  if (quick) return
  const head = `# Results of \`npm run bench\`\n\nWritten by it in ${seconds()}: medians of ${plan.rounds} rounds taken by turns.`
  await writeFile(join(import.meta.dirname, 'results.md'), `${head}\n\n${text}\n`)
})

function parsePlan(args: string[]): { quick: boolean; plan: Plan } {
  try {
    const { values } = parseArgs({
      args,
      options: { quick: { type: 'boolean', default: false }, records: { type: 'string' } },
    })
    const { quick, records = quick ? '1000000' : '3800000' } = values
    if (!/^[1-9]\d*$/.test(records)) throw new UsageError(`--records is '${records}': expected a number.`)
    const small = {
      largeCount: undefined,
      rounds: 1,
      latencyCount: 50,
      producedCount: 100_000,
      stations: 1200,
      byYearRounds: 1,
    }
    const whole = {
      largeCount: 18_000_000,
      rounds: 3,
      latencyCount: 400,
      producedCount: 200_000,
      stations: 12_300,
      byYearRounds: 2,
    }
    return { quick, plan: { recordCount: Number(records), ...(quick ? small : whole) } }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}
