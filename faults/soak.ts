// `npm run soak -- --hours N`: all faults in turn with quiet gaps, and at the end a verdict on results and growth.
import { parseArgs } from 'node:util'
import { OperatingError, run, UsageError } from '../files/lib/core/program.ts'
import { wholeNumber } from './fault-options.ts'
import { describeDone } from './kinds.ts'
import { judgeGrowth } from './measure-processes.ts'
import { runSoak } from './run-soak.ts'

await run(async (signal) => {
  const { hours, seed } = parse(process.argv.slice(2))
  console.log(`--hours ${hours} --seed ${seed}`)
  const { history, measures, rounds } = await runSoak(hours, seed, console.log, signal)
  console.log(describeDone(history.tally.done))
  // The broker is Kafka's to judge, and the harness remembers each acknowledged record.
  const growths = judgeGrowth(measures, (name) => name !== 'broker' && name !== 'harness')
  for (const { name, pid, gaps, first, last, isTooMuch } of growths) {
    const grown = `${first.megabytes} -> ${last.megabytes} MB, ${first.descriptors} -> ${last.descriptors} descriptors`
    console.log(`${name} (pid ${pid}) over ${gaps} quiet gaps: ${grown}${isTooMuch ? ': TOO MUCH' : ''}`)
  }
  if (growths.some(({ isTooMuch }) => isTooMuch)) throw new OperatingError('A process grows.')
  console.log(`${rounds} rounds: nothing lost, nothing counted twice, files whole throughout, nothing grows.`)
}, Number.POSITIVE_INFINITY)

function parse(args: string[]): { hours: number; seed: number } {
  const usage = 'Usage: npm run soak -- [--hours 1] [--seed N]'
  try {
    const options = { hours: { type: 'string', default: '1' }, seed: { type: 'string' } } as const
    const { values } = parseArgs({ args, options })
    const hours = Number(values.hours)
    if (!(hours > 0 && hours <= 1000))
      throw new UsageError(`--hours is '${values.hours}': expected a number above 0.`)
    return {
      hours,
      seed: values.seed === undefined ? Date.now() % 2 ** 32 : wholeNumber(values.seed, '--seed'),
    }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}
