/* `npm run simulate`: runs worlds, each drawn from its seed, until one goes wrong or all are done. */
import { run } from '../files/lib/core/program.ts'
import { parseSimulateOptions } from './options.ts'
import { loadPrograms } from './programs.ts'
import { failureReport, outcomeLine, summaryTable } from './report.ts'
import { runWorlds } from './run-worlds.ts'
import { shrink } from './shrink.ts'
import { runWorld } from './world.ts'

await run(async (signal) => {
  const options = parseSimulateOptions(process.argv.slice(2))
  if (options.seed !== undefined) return traceWorld(options.seed, options.faults)
  const summary = await runWorlds({ ...options, signal })
  console.log(summaryTable(summary))
  for (const { seed } of summary.failures) {
    const programs = await loadPrograms()
    const { outcome, faults } = await shrink(seed, programs)
    console.log(failureReport(outcome, faults))
  }
  if (summary.failures.length > 0) process.exitCode = 1
})

/** Runs one world and tells all that happens in it. */
async function traceWorld(seed: number, faults: ReadonlySet<number> | undefined): Promise<void> {
  const programs = await loadPrograms()
  const outcome = await runWorld(seed, { programs, faults, traceLimit: Number.POSITIVE_INFINITY })
  console.log(outcome.trace.join('\n'))
  console.log(outcomeLine(outcome))
  if (outcome.failure !== undefined) process.exitCode = 1
}
