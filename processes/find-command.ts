import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Looks for a program in the folders of PATH, as a shell does.
 *
 * @returns its path, or undefined when there is none that can be executed
 */
export function findCommand(name: string, environment = process.env): string | undefined {
  return (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

/** Finds a program of Java's: that of `JAVA_HOME`, else the first on PATH. */
export function findJavaCommand(name: 'java' | 'javac', environment = process.env): string | undefined {
  const ofHome = environment.JAVA_HOME && join(environment.JAVA_HOME, 'bin', name)
  return ofHome && isExecutable(ofHome) ? ofHome : findCommand(name, environment)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
