import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from '../processes/child.ts'
import { brokerFailure } from './failure.ts'
import { lockingFolder } from './folder-lock.ts'
import { javaEnvironment } from './java.ts'
import { type JvmOptions, jvmArguments, recordArchive } from './jvm.ts'
import type { Kafka } from './kafka.ts'
import { answersMetadata } from './ready.ts'
import { type ServerSettings, serverProperties } from './server-properties.ts'

const stopGraceMs = 15_000
const startDeadlineMs = 60_000

/**
 * Starts the broker's JVM on a folder that is prepared, and waits until clients can use it.
 *
 * @param directory absolute; it becomes the JVM's working directory
 * @returns the broker, or why its JVM ended before it was ready
 * @throws the signal's reason when that aborts
 */
export async function launch(
  kafka: Kafka,
  directory: string,
  settings: ServerSettings,
  options: JvmOptions & { user?: string | undefined; signal?: AbortSignal | undefined },
) {
  const { user, signal } = options
  await writeFile(join(directory, 'server.properties'), serverProperties(settings))
  const record = recordArchive(kafka, user)
  const args = [...jvmArguments(kafka, options, record?.temporary), 'kafka.Kafka', 'server.properties']
  let serverStarted = false
  const onLine = (line: string) => {
    serverStarted ||= line.includes('Kafka Server started')
  }
  const command = lockingFolder(kafka.java.command, args)
  const child = await startChild({ ...command, environment: javaEnvironment(), directory, user, onLine })
  const exited = child.exited.then(async (exit) => {
    await record?.keep(exit)
    return exit
  })
  const failure = async () => brokerFailure(directory, await exited, child.tail())
  if (await becomesReady(child, () => serverStarted, settings, signal)) {
    const stop = (graceMs = stopGraceMs) => child.stop(graceMs).then(() => exited)
    const kill = () => child.kill().then(() => exited)
    return { ready: true, broker: { pid: child.pid, exited, stop, kill, failure } } as const
  }
  return { ready: false, lines: child.tail(), failure: await failure() } as const
}

/** Waits for the log's line, then for an answer. False when the JVM has ended; ends it when it is not to be waited for. */
async function becomesReady(
  child: Child,
  started: () => boolean,
  { host, port }: ServerSettings,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  let ended = false
  child.exited.then(() => (ended = true))
  for (const deadline = Date.now() + startDeadlineMs; !ended; await sleep(10)) {
    if (signal?.aborted || Date.now() > deadline) await child.kill()
    signal?.throwIfAborted()
    if (started() && (await answersMetadata(host, port))) return true
  }
  return false
}
