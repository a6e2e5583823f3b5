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

/** Finds the program `java`: that of `JAVA_HOME`, else the first on PATH. */
export function findJavaCommand(environment = process.env): string | undefined {
  const ofHome = environment.JAVA_HOME && join(environment.JAVA_HOME, 'bin/java')
  return ofHome && isExecutable(ofHome) ? ofHome : findCommand('java', environment)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
