// `npm run soak -- --hours N`: all faults in turn with quiet gaps, and at the end a verdict on results and growth.
import { type Command, defaulted } from '../files/lib/core/command.ts'
import { parseCommandLine } from '../files/lib/core/command-line.ts'
import { numberFrom } from '../files/lib/core/option-values.ts'
import { OperatingError, run } from '../files/lib/core/program.ts'
import { newSeed, seedOption } from './fault-options.ts'
import { describeDone } from './kinds.ts'
import { judgeGrowth } from './measure-processes.ts'
import { runSoak } from './run-soak.ts'

const command = {
  name: 'npm run soak --',
  purpose:
    'Inflicts all faults in turn for hours, with quiet gaps, and judges the files and the growth of the processes.',
  options: { hours: defaulted('1', 'N', numberFrom(0.001, 1000), 'How long.'), seed: seedOption },
  examples: [['npm run soak -- --hours 8', 'A night.']],
} satisfies Command

await run(async (signal) => {
  const { hours, seed = newSeed() } = parseCommandLine(command, process.argv.slice(2)).values
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
