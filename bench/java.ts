import { join } from 'node:path'
import { installKafka } from '../broker/kafka.ts'
import { OperatingError } from '../files/lib/core/program.ts'
import { findJavaCommand } from '../processes/find-command.ts'
import { runToEnd } from './run-to-end.ts'

/** Runs a class of Kafka's or of `bench/java` in a JVM of its own; resolves with the lines it printed. */
export type RunJava = (name: string, ...args: string[]) => Promise<readonly string[]>

const sources = ['Fill.java', 'CatchUp.java'].map((name) => join(import.meta.dirname, 'java', name))

/**
 * Compiles `bench/java` against the broker's own jars.
 *
 * @param folder for the classes
 * @throws OperatingError when there is no compiler, or it fails
 */
export async function compileJava(folder: string, signal: AbortSignal): Promise<RunJava> {
  const { java, classPath } = await installKafka(console.error, signal)
  const compiler = findJavaCommand('javac')
  if (!compiler) {
    throw new OperatingError(
      'The Java peers need javac: none on PATH nor in JAVA_HOME (on Debian: apt-get install default-jdk-headless).',
    )
  }
  await runToEnd({ command: compiler, args: ['-cp', classPath, '-d', folder, ...sources] }, signal)
  // Without a configuration log4j prints errors only.
  return (name, ...args) =>
    runToEnd(
      {
        command: java.command,
        args: ['-cp', `${folder}:${classPath}`, name, ...args],
        directory: folder,
      },
      signal,
    )
}
