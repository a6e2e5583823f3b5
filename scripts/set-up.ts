// Sees to what npm cannot install: `node scripts/set-up.ts`.
import { type Command, flag } from '../files/lib/core/command.ts'
import { parseCommandLine } from '../files/lib/core/command-line.ts'
import { run } from '../files/lib/core/program.ts'
import { setUp } from '../processes/set-up.ts'

const command = {
  name: 'set-up.ts',
  purpose:
    'Looks for the programs that npm cannot install; for root on Debian or Ubuntu it installs what is missing.',
  options: {
    tests: flag('Also what the tests need.'),
    librdkafka: flag('And what those tests need that write by librdkafka.'),
  },
  exclusive: [['tests', 'librdkafka']],
  examples: [['node scripts/set-up.ts --tests', 'As npm test does.']],
} satisfies Command

await run(async (signal) => {
  const { tests, librdkafka } = parseCommandLine(command, process.argv.slice(2)).values
  await setUp(librdkafka ? 'librdkafka' : tests ? 'tests' : 'programs', signal)
})
