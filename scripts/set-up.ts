// Sees to what npm cannot install: `node scripts/set-up.ts`, and with `--tests` what the tests need beyond that.
import { parseArgs } from 'node:util'
import { run, UsageError } from '../files/lib/program.ts'
import { setUp } from '../processes/set-up.ts'

await run(async (signal) => {
  try {
    const { values } = parseArgs({ options: { tests: { type: 'boolean', default: false } } })
    await setUp(values.tests ? 'tests' : 'programs', signal)
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) throw error
    throw new UsageError(`${(error as Error).message}\nUsage: set-up.ts [--tests]`, { cause: error })
  }
})
