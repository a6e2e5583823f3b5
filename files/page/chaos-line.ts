import { type ChaosStatus, chaosPath, describeChaos, parseChaosStatus } from '../lib/results/chaos-status.ts'
import { type Html, html } from './html.ts'
import { readRegularFile } from './read-regular-file.ts'

/** Says how the consumers come through it that they are killed on purpose, see `npm start -- --chaos`. */
export function chaosLine(chaos: ChaosStatus): Html {
  const kind = chaos.difference ? 'problem' : 'chaos'
  return html`<p class="${kind}"><b>Consumers are killed on purpose:</b> ${describeChaos(chaos)}.</p>`
}

/** Reads the status of chaos; undefined where there is none, or it cannot be read: the page does without. */
export function readChaos(folder: string, now: number): ChaosStatus | undefined {
  try {
    return parseChaosStatus(readRegularFile(chaosPath(folder))?.bytes.toString('utf8') ?? '', now)
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).syscall) throw error
    return undefined
  }
}
