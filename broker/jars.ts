import { OperatingError } from '../files/lib/core/program.ts'
import { findCommand } from '../processes/find-command.ts'
import { runChild } from '../processes/run-child.ts'
import { javaEnvironment } from './java.ts'
import { makeOnce } from './make-once.ts'

/**
 * Has Maven fetch Kafka's jars (53 files, 45 MB) into a folder, once, saying so in one line.
 *
 * @param pom path of the pom.xml that names them
 * @param version of Kafka, in place of the one that the pom.xml names
 * @throws OperatingError when Maven is missing or fails, with the errors it printed
 */
export async function fetchJars(
  folder: string,
  pom: string,
  version: string,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  await makeOnce(folder, async (temporary) => {
    const maven = findCommand('mvn')
    if (!maven) {
      throw new OperatingError(
        'The broker needs Maven once, to fetch Kafka: no mvn on PATH. Install it (on Debian: apt-get install maven).',
      )
    }
    say(`Fetching the jars of Kafka ${version} by Maven (45 MB, once).`)
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${temporary}`]
    const args = ['-B', '-q', '-C', '-Dstyle.color=never', `-Dkafka.version=${version}`, '-f', pom, ...goal]
    const { code, lines } = await runChild({ command: maven, args, environment: javaEnvironment() }, signal)
    if (code !== 0) throw new OperatingError(mavenFailed(code, lines))
  })
}

// The first errors name the artifact and the cause; the rest is Maven's advice on its own switches.
function mavenFailed(code: number | null, lines: readonly string[]): string {
  const errors = lines.filter((line) => line.startsWith('[ERROR]') && line.length > 8).slice(0, 3)
  const shown = errors.length > 0 ? errors : lines.slice(-3)
  const head = `Maven could not fetch Kafka's jars (exit code ${code}). Is the repository it uses within reach?`
  return [head, ...shown.map((line) => `  ${line}`)].join('\n')
}
