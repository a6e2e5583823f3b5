// `npm start`: a broker, the producer and two consumers in one terminal; what dies is started again, Ctrl-C stops all.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OperatingError, run } from './files/lib/core/program.ts'
import { openStatusLine } from './files/lib/core/status-line.ts'
import { tellFirstNumber } from './pipeline/first-number.ts'
import { startPipeline } from './pipeline/pipeline.ts'
import { showProgress } from './pipeline/progress.ts'
import { parseStartOptions } from './pipeline/start-options.ts'
import { setUp } from './processes/set-up.ts'

const root = import.meta.dirname
const dataDirectory = resolve(process.env.DATA_DIR || join(root, 'data'))

await run(async (signal) => {
  const beginMs = Date.now()
  const options = parseStartOptions(process.argv.slice(2), root)
  const line = openStatusLine(process.stdout)
  const { say } = line
  await setUp('programs', signal)
  await makeDataDirectory()
  const pipeline = await startPipeline({ ...options, dataDirectory, say, signal })
  say(`Results in ${dataDirectory}: partition-0.json to partition-3.json, month.svg. Ctrl-C stops all.`)
  const done = new AbortController()
  try {
    const until = AbortSignal.any([signal, done.signal])
    tellFirstNumber(dataDirectory, beginMs, say, until)
    const progress = showProgress(dataDirectory, pipeline.environment, line, until)
    await Promise.race([progress, pipeline.ended])
  } finally {
    done.abort()
    line.end()
    say('Stopping.')
    await pipeline.stop()
  }
}, Number.POSITIVE_INFINITY)

async function makeDataDirectory(): Promise<void> {
  try {
    await mkdir(dataDirectory, { recursive: true })
  } catch (cause) {
    throw new OperatingError(
      `${dataDirectory}: cannot be made (${(cause as Error).message}). Make the folder, or name another with DATA_DIR.`,
      { cause },
    )
  }
}
