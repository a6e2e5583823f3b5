import { randomBytes } from 'node:crypto'

import { chown, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OperatingError } from '../files/lib/core/program.ts'
import { runChild } from '../processes/run-child.ts'
import { javaEnvironment } from './java.ts'
import { makeOnce } from './make-once.ts'
import { dataFolder, serverProperties } from './server-properties.ts'

/**
 * Formats an empty log folder by Kafka's own tool, unless it is there. That costs a JVM start, a copy of it nothing.
 *
 * @throws OperatingError when the tool fails, with what it printed
 */
export async function formatStorage(
  folder: string,
  java: string,
  classPath: string,
  signal?: AbortSignal,
): Promise<void> {
  await makeOnce(folder, async (temporary) => {
    const anyPort = { host: '127.0.0.1', port: 9092, controllerPort: 9093, advertised: '127.0.0.1:9092' }
    await writeFile(join(temporary, 'server.properties'), serverProperties(anyPort))
    const tool = ['kafka.tools.StorageTool', 'format', '-t', randomId(), '-c', 'server.properties', '-g']
    const args = ['-XX:TieredStopAtLevel=1', '-cp', classPath, ...tool]
    const { code, lines } = await runChild(
      { command: java, args, directory: temporary, environment: javaEnvironment() },
      signal,
    )
    if (code !== 0) {
      throw new OperatingError(`Kafka's storage tool failed (exit code ${code}):\n  ${lines.join('\n  ')}`)
    }
  })
}

/**
 * Makes a broker's folder: if it has no log yet, it gets an empty one from the template.
 *
 * The log gets the owner of the folder it is in, so that a broker that is to run as another user can write to it: give
 * the folder itself to that user.
 *
 * @param nodeId of a node in a cluster: all of them are copies of one template, and so have one cluster id
 * @throws OperatingError when the folder cannot be written, or the disk is full
 */
export async function prepareFolder(directory: string, template: string, nodeId = 1): Promise<void> {
  const log = join(directory, dataFolder)
  try {
    await mkdir(directory, { recursive: true })
    const { uid, gid } = await stat(directory)
    await makeOnce(log, async (temporary) => {
      await cp(join(template, dataFolder), temporary, { recursive: true })
      await giveIdentity(join(temporary, 'meta.properties'), nodeId)
      if (process.getuid?.() === 0) await giveTo(temporary, uid, gid)
    })
  } catch (cause) {
    throw new OperatingError(
      `${directory}: the broker's log cannot be kept there (${(cause as Error).message}). Choose another folder with --directory.`,
      { cause },
    )
  }
}

/** Says whose folder it is. Controllers tell folders apart by a random id, so no two may have the template's own. */
async function giveIdentity(path: string, nodeId: number): Promise<void> {
  const text = await readFile(path, 'utf8')
  await writeFile(
    path,
    text
      .replace(/^node\.id=.*$/m, `node.id=${nodeId}`)
      .replace(/^directory\.id=.*$/m, `directory.id=${randomId()}`),
  )
}

/**
 * A random id as Kafka writes them, in 22 characters: 16 bytes, base64url. Never with a dash in
 * front: the storage tool would take it for an option.
 */
export function randomId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? randomId() : id
}

async function giveTo(folder: string, uid: number, gid: number): Promise<void> {
  const names = await readdir(folder, { recursive: true })
  for (const path of [folder, ...names.map((name) => join(folder, name))]) await chown(path, uid, gid)
}
