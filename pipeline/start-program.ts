import { join } from 'node:path'
import { cacheFolder } from '../files/lib/core/cache-folder.ts'
import { type ChildOptions, startChild } from '../processes/child.ts'
import type { Process } from './supervise.ts'

const filesFolder = join(import.meta.dirname, '../files')
const stopGraceMs = 10_000

/** The command that runs a program of `files/`, on the Node that runs this. */
export function programCommand(name: string, args: readonly string[] = []) {
  return { command: process.execPath, args: [join(filesFolder, name), ...args] }
}

/** The environment of programs on one broker of ours: this process's own besides. */
export function programEnvironment(dataDirectory: string, broker: string | undefined): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATA_DIR: dataDirectory,
    KAFKA_BOOTSTRAP_SERVERS: broker,
    // Ours is one broker without TLS, whatever cluster the user's environment speaks of.
    KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT',
    TOPIC_REPLICATION_FACTOR: '1',
    // Saves each start, and each start again after a kill, the compiling of the Kafka library.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), 'compiled'),
  }
}

/**
 * Starts a program of `files/` as a child process whose lines are passed on, each with its name before it.
 *
 * @param environment the program's whole environment
 * @param onNotice called with what it tells us as data
 */
export async function startProgram(
  name: string,
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
  onNotice?: ChildOptions['onNotice'],
): Promise<Process> {
  const onLine = (line: string) => say(`${name}: ${line}`)
  const options = { ...programCommand(file, args), environment, onLine, ...(onNotice && { onNotice }) }
  const child = await startChild(options)
  return { pid: child.pid, exited: child.exited, stop: () => child.stop(stopGraceMs), kill: child.kill }
}
