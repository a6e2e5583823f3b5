import { expectFree } from '../broker/ports.ts'
import type { Notice } from '../files/lib/core/notice.ts'
import { OperatingError } from '../files/lib/core/program.ts'
import { startProgram } from './start-program.ts'
import type { Job } from './supervise.ts'

/** Where the page listens, and what else it is told. */
type PageOptions = {
  pagePort: number
  pageArgs: readonly string[]
  say: (line: string) => void
}

/**
 * Makes the job of serving the live page: its start ends when the page can be opened.
 *
 * Where the port is any free one, a later start keeps it.
 *
 * @param environment names the folder whose partition files it shows, and the broker that it may ask for the log
 */
export function pageJob(
  { pagePort, pageArgs, say }: PageOptions,
  environment: NodeJS.ProcessEnv,
): Omit<Job, 'say'> {
  let used = pagePort
  const start = async () => {
    if (used !== 0) await expectFree('127.0.0.1', used, '--page-port')
    const begin = performance.now()
    const ready = Promise.withResolvers<string>()
    const hear = (notice: Notice) => {
      if (notice.kind === 'listening') ready.resolve(notice.address)
    }
    const args = [`--port=${used}`, ...pageArgs]
    const child = await startProgram('page', 'dashboard.ts', args, environment, say, hear)
    child.exited.then(() => ready.reject(new OperatingError('The page could not start; see above.')))
    const address = await ready.promise
    used = Number(new URL(address).port)
    say(`The page: ${address} (after ${Math.round(performance.now() - begin)} ms)`)
    return child
  }
  return { name: 'page', start }
}
