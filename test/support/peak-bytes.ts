import { existsSync, readFileSync } from 'node:fs'

/** The most memory of this process that was resident at once, in bytes. */
export function peakBytes(): number {
  // Not by resourceUsage() where there is another way: on Linux a child takes over its parent's peak by fork.
  const status = '/proc/self/status'
  if (!existsSync(status)) return process.resourceUsage().maxRSS * 1024
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))![1]) * 1024
}
