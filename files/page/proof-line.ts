import { type ProofStatus, parseProofStatus, proofPath } from '../lib/results/proof-status.ts'
import { formatTime } from './duration.ts'
import { formatCount } from './format-count.ts'
import { type Html, html } from './html.ts'
import { readRegularFile } from './read-regular-file.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Says whether the numbers were held against the log, with what outcome, and when. */
export function proofLine(proof: ProofStatus | undefined, now: number): Html {
  if (!proof) return html`<p class="proof">Not checked against the log yet</p>`
  const checked = `checked ${checkedAt(proof.checkedAt, now)}`
  if (proof.verdict === 'agree')
    return html`<p class="proof agree"><span aria-hidden="true">✓</span> All ${formatCount(proof.numbers)} numbers agree with the log · ${checked}</p>`
  if (proof.verdict === 'differ')
    return html`<p class="proof differ"><b>The files differ from the log</b>, ${proof.fault!} · ${checked}</p>`
  return html`<p class="proof">Could not be checked against the log: ${proof.fault!} · ${checked}</p>`
}

/** Reads the status of the proof; undefined where there is none, or it cannot be read: the page does without. */
export function readProof(folder: string): ProofStatus | undefined {
  try {
    return parseProofStatus(readRegularFile(proofPath(folder))?.bytes.toString('utf8') ?? '')
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).syscall) throw error
    return undefined
  }
}

/** A time of day, after a day with its date. */
function checkedAt(at: number, now: number): string {
  return now - at < dayMs ? formatTime(at) : `${new Date(at).toISOString().slice(0, 10)} ${formatTime(at)}`
}
