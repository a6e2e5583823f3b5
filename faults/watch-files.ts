import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What was seen of the partition files. */
export type FileWatch = {
  /** How many whole files were read. */
  reads: () => number
  /** When a partition's file was seen changed last, in milliseconds since 1970; 0 for never. */
  changedAt: (partition: number) => number
  stop: () => void
}

type Seen = { version: string; offset: number; changedAt: number; archives: Set<string> }

type Month = { count: number; sum: number; avg: number; start: string; end: string }
type PartitionFile = { partition: number; offset: number } & Record<string, Record<string, Month>>

const pauseMs = 10

/**
 * Reads the four partition files again and again, as any program may at any moment: each is whole, each month is one that
 * can be, and no offset goes back, unless to the start of another topic, the file up to there being in the archive.
 *
 * @param fail told what was wrong
 */
export function watchFiles(directory: string, fail: (what: string) => void): FileWatch {
  const seen = [0, 1, 2, 3].map((): Seen => ({ version: '', offset: 0, changedAt: 0, archives: new Set() }))
  const watch = { reads: 0, isStopped: false }
  const loop = async () => {
    while (!watch.isStopped) {
      const begin = performance.now()
      for (const [partition, before] of seen.entries()) {
        try {
          if (look(directory, partition, before)) watch.reads++
        } catch (error) {
          fail(`partition-${partition}.json at ${new Date().toISOString()}: ${(error as Error).message}`)
        }
      }
      // Large files must not take the machine from those who write them.
      await sleep(Math.max(pauseMs, 10 * (performance.now() - begin)))
    }
  }
  void loop()
  return {
    reads: () => watch.reads,
    changedAt: (partition) => seen[partition]!.changedAt,
    stop: () => {
      watch.isStopped = true
    },
  }
}

function look(directory: string, partition: number, before: Seen): boolean {
  const path = join(directory, `partition-${partition}.json`)
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (!found) {
    if (before.version) throw new Error('is gone')
    return false
  }
  const version = `${found.ino} ${found.mtimeNs}`
  if (version === before.version) return false
  const file: PartitionFile = JSON.parse(readFileSync(path, 'utf8'))
  const { offset } = file
  const last = before.offset
  Object.assign(before, { version, offset, changedAt: Date.now() })
  expectSensible(file, partition)
  if (offset < last) expectArchived(directory, partition, { ...before, offset: last }, offset)
  return true
}

function expectSensible({ partition: own, offset, ...months }: PartitionFile, partition: number): void {
  if (own !== partition || !Number.isSafeInteger(offset))
    throw new Error(`partition ${own}, offset ${offset}`)
  let days = 0
  for (const [name, years] of Object.entries(months)) {
    for (const [year, { count, sum, avg, start, end }] of Object.entries(years)) {
      const isSensible =
        count <= 31 && avg === sum / count && avg < 1000 && start <= end && start.startsWith(year)
      if (!isSensible) throw new Error(`${name} ${year}: ${JSON.stringify({ count, sum, avg, start, end })}`)
      days += count
    }
  }
  if (days > offset) throw new Error(`${days} days counted at offset ${offset}`)
}

function expectArchived(directory: string, partition: number, before: Seen, offset: number): void {
  const archive = join(directory, 'archive')
  const fresh = (existsSync(archive) ? readdirSync(archive) : [])
    .map((folder) => join(archive, folder, `partition-${partition}.json`))
    .filter((path) => existsSync(path) && !before.archives.has(path))
  const offsets = fresh.map((path) => (JSON.parse(readFileSync(path, 'utf8')) as PartitionFile).offset)
  for (const path of fresh) before.archives.add(path)
  if (offsets.some((archived) => archived >= before.offset)) return
  throw new Error(
    `went back from offset ${before.offset} to ${offset}; archived since: ${offsets.join(', ') || 'nothing'}`,
  )
}
