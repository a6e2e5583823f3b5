/*
 * To be loaded into a program by `node --import`: at the program's end it writes the most memory that was resident, in
 * bytes, to the file that PEAK_MEMORY_FILE names.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

process.once('exit', () => writeFileSync(process.env.PEAK_MEMORY_FILE!, String(peakBytes())))

function peakBytes(): number {
  // Not by resourceUsage() where there is another way: on Linux a child takes over its parent's peak by fork.
  const status = '/proc/self/status'
  if (!existsSync(status)) return process.resourceUsage().maxRSS * 1024
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))![1]) * 1024
}
