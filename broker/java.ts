import { OperatingError } from '../files/lib/core/program.ts'
import { findJavaCommand } from '../processes/find-command.ts'
import { runChild } from '../processes/run-child.ts'

/** A Java runtime: its program, and its whole version text, which tells one build from another. */
export type Java = { command: string; build: string }

const oldestRelease = 17

/**
 * The environment for Java and Maven: this process's own, but for the locale. In one without UTF-8, as cron and systemd
 * have it, Java reads a path with letters beyond ASCII as question marks, and finds none of its classes.
 */
export function javaEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C.UTF-8' }
}

/**
 * Finds Java: that of `JAVA_HOME`, else the first on PATH.
 *
 * @throws OperatingError when there is none, or it is older than 17
 */
export async function findJava(signal?: AbortSignal): Promise<Java> {
  const command = findJavaCommand('java')
  const help = `Install Java ${oldestRelease} or newer (on Debian: apt-get install default-jre-headless).`
  if (!command) throw new OperatingError(`The broker needs Java: none on PATH nor in JAVA_HOME. ${help}`)
  const { lines } = await runChild({ command, args: ['-version'] }, signal)
  const build = lines.join('\n')
  const release = Number(/version "(?:1\.)?(\d+)/.exec(build)?.[1])
  if (release >= oldestRelease) return { command, build }
  const found = release ? `is version ${release}` : `tells no version (${lines[0] ?? 'no output'})`
  throw new OperatingError(`The broker needs Java ${oldestRelease} or newer: ${command} ${found}. ${help}`)
}
