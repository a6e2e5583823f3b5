import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../files/lib/core/cache-folder.ts'
import { OperatingError } from '../files/lib/core/program.ts'
import { fetchJars } from './jars.ts'
import { findJava, type Java } from './java.ts'
import { formatStorage } from './storage.ts'

/** Kafka as installed in the cache, and the Java it runs on. */
export type Kafka = {
  version: string
  java: Java
  classPath: string
  /** A formatted, empty log folder, to be copied for each new broker. */
  template: string
  /** The classes of a running broker, as the JVM loads them fastest (AppCDS); the file may not be there yet. */
  archive: string
}

const pom = join(import.meta.dirname, 'pom.xml')

/**
 * Finds Java, and Kafka in the cache folder; what is missing in the cache is fetched or made first.
 *
 * The cache is `ALMANAC_CACHE`, else `almanac` in `XDG_CACHE_HOME` or `~/.cache`.
 *
 * @param otherVersion of Kafka; by default the pinned one, which pom.xml names
 * @throws OperatingError when Java, Maven or the cache folder fail
 */
export async function installKafka(
  say: (line: string) => void,
  signal?: AbortSignal,
  otherVersion?: string,
): Promise<Kafka> {
  const java = await findJava(signal)
  const text = await readFile(pom, 'utf8')
  const version = otherVersion ?? /<kafka.version>(.*)<\/kafka.version>/.exec(text)![1]!
  const folder = join(cacheFolder(), `kafka-${version}-${digest(text)}`)
  const jars = join(folder, 'jars')
  const template = join(folder, 'template')
  try {
    await fetchJars(jars, pom, version, say, signal)
    const names = (await readdir(jars)).sort()
    const classPath = names.map((name) => join(jars, name)).join(':')
    await formatStorage(template, java.command, classPath, signal)
    const archive = join(folder, `classes-${await archiveKey(java, jars, names)}.jsa`)
    return { version, java, classPath, template, archive }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (!code || error instanceof OperatingError) throw error
    throw new OperatingError(
      `${message}: Kafka cannot be kept there. Name another folder in ALMANAC_CACHE.`,
      {
        cause: error,
      },
    )
  }
}

// The JVM takes an archive only with the very Java, class path and times of the jars it was made with.
async function archiveKey(java: Java, jars: string, names: string[]): Promise<string> {
  const times = await Promise.all(names.map(async (name) => (await stat(join(jars, name))).mtimeMs))
  return digest([java.command, java.build, jars, ...names, ...times].join('\n'))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
