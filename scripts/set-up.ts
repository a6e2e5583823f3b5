// Sees to what npm cannot install: `node scripts/set-up.ts`, with `--tests` what the tests need beyond that, and with
// `--librdkafka` what those need that write by librdkafka.
import { parseArgs } from 'node:util'
import { run, UsageError } from '../files/lib/core/program.ts'
import { setUp } from '../processes/set-up.ts'

await run(async (signal) => {
  try {
    const flag = { type: 'boolean', default: false } as const
    const { values } = parseArgs({ options: { tests: flag, librdkafka: flag } })
    await setUp(values.librdkafka ? 'librdkafka' : values.tests ? 'tests' : 'programs', signal)
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) throw error
    throw new UsageError(`${(error as Error).message}\nUsage: set-up.ts [--tests | --librdkafka]`, {
      cause: error,
    })
  }
})
