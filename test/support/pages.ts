import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { monthNames } from '../../files/lib/weather/calendar.ts'
import { servePage } from '../../files/page/server.ts'
import { partitionFileText } from './climate.ts'
import { temporaryFolder } from './program.ts'

/** A folder of partition files that the page is served from, without consumers. */
export const golden = join(import.meta.dirname, '../golden/whole')

/** Serves a folder of the test's own: with the golden files, or with as many years as are given. */
export async function serve(t: TestContext, years?: number) {
  const folder = await temporaryFolder(t)
  for (const partition of [0, 1, 2, 3]) {
    const name = `partition-${partition}.json`
    if (years === undefined) copyFileSync(join(golden, name), join(folder, name))
    else putPartitionFile(folder, partition, historyText(partition, years))
  }
  const server = await servePage({ folder, host: '127.0.0.1', port: 0 })
  t.after(server.close)
  return { ...server, folder }
}

/** Replaces a partition file as the consumer does. */
export function putPartitionFile(folder: string, partition: number, text: string): void {
  const path = join(folder, `partition-${partition}.json`)
  writeFileSync(`${path}.tmp`, text)
  renameSync(`${path}.tmp`, path)
}

/** Reads what a partition file of a folder has in it now. */
export function partitionText(folder: string, partition: number): string {
  return readFileSync(join(folder, `partition-${partition}.json`), 'utf8')
}

function historyText(partition: number, count: number): string {
  return partitionFileText(partition, monthNames.slice(partition * 3, partition * 3 + 3), {
    first: 1869,
    count,
  })
}
