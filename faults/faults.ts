// `npm run faults`: kills, freezes and cuts off everything at random moments, heals, and judges what came of it.
import { run } from '../files/lib/core/program.ts'
import { parseFaultOptions } from './fault-options.ts'
import { describeOutcome, runFaults } from './run-faults.ts'

await run(async (signal) => {
  const options = parseFaultOptions(process.argv.slice(2))
  console.log(`--seed ${options.seed}`)
  const outcome = await runFaults(options, console.log, signal)
  console.log(describeOutcome(outcome))
  console.log('Nothing acknowledged was lost, nothing was counted twice, every file was whole at any moment.')
}, Number.POSITIVE_INFINITY)
