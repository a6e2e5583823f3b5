// `npm start`: a broker, the producer and two consumers in one terminal; what dies is started again, Ctrl-C stops all.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parsePort } from './files/lib/parse-port.ts'
import { run, UsageError } from './files/lib/program.ts'
import { openStatusLine } from './files/lib/status-line.ts'
import { tellFirstNumber } from './pipeline/first-number.ts'
import { startPipeline } from './pipeline/pipeline.ts'
import { showProgress } from './pipeline/progress.ts'
import { setUp } from './processes/set-up.ts'

const root = import.meta.dirname
const dataDirectory = resolve(process.env.DATA_DIR || join(root, 'data'))

await run(async (signal) => {
  const beginMs = Date.now()
  const { port, pagePort, directory } = parse(process.argv.slice(2))
  const line = openStatusLine(process.stdout)
  const { say } = line
  await setUp('programs', signal)
  await mkdir(dataDirectory, { recursive: true })
  const pipeline = await startPipeline({ port, pagePort, directory, dataDirectory, say, signal })
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

function parse(args: string[]): { port: number; pagePort: number; directory: string } {
  const usage = 'Usage: npm start -- [--port 9092] [--page-port 8080] [--directory .kafka]'
  const text = { type: 'string' } as const
  try {
    const options = {
      port: { ...text, default: '9092' },
      'page-port': { ...text, default: '8080' },
      directory: text,
    }
    const { values } = parseArgs({ args, options })
    const directory = resolve(values.directory ?? join(root, '.kafka'))
    return { port: parsePort(values.port), pagePort: parsePort(values['page-port']), directory }
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n${usage}`, { cause })
  }
}
