import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatingError } from '../core/program.ts'
import { fileVersion } from '../core/replace-file.ts'
import {
  isOver,
  type ObservationOptions,
  type Observations,
  readObservations,
} from '../observations/observations.ts'
import { describeNoDays, printSkipped } from '../observations/skipped.ts'

/** How to follow: `isPatient` waits for files that cannot be read at first as well; `say` tells of what is in the way. */
export type Following = { isPatient: boolean; say: (line: string) => void; signal: AbortSignal }

const pollMs = 500
const patienceMs = 5000
const whenReadAgain = 'It is read once nothing is added for half a second.'

/**
 * Reads observations files one time; gives nothing of no files.
 *
 * @throws OperatingError when they hold no day to send
 */
export async function* readOnce(
  paths: readonly string[],
  options: ObservationOptions,
  signal: AbortSignal,
): AsyncGenerator<Observations> {
  if (paths.length === 0) return
  const observations = await readObservations(paths, options, signal)
  if (observations.days.length === 0) {
    printSkipped(observations)
    const what = describeNoDays(paths, options, observations)
    throw new OperatingError(`${what} Nothing has been sent, and the topic is as it was.`)
  }
  yield observations
}

/**
 * Reads observations files, and reads them again whenever they have changed, for ever.
 *
 * They are looked at, not watched, for a mounted folder may send no events. Each is read as a whole: what was appended,
 * and what was replaced, comes out alike. A file that was changed while it was read, or is absent, half written or
 * damaged, or holds no day to send, gives nothing until it changes again.
 *
 * @throws OperatingError when they cannot be read the first time, unless patient
 */
export async function* followObservations(
  paths: readonly string[],
  options: ObservationOptions,
  { isPatient, say, signal }: Following,
): AsyncGenerator<Observations> {
  let [hasRead, hasSaid] = [isPatient, false]
  let held: Observations['held']
  let lastEmpty = ''
  const isDue = () => held !== undefined && isOver(held)
  for (let seen = versionOf(paths); ; seen = await nextVersion(paths, seen, isDue, { say, signal })) {
    held = undefined
    const reading = readObservations(paths, { ...options, isGrowing: true }, signal)
    const observations = await reading.catch((error: unknown) => {
      if (!(error instanceof OperatingError) || !hasRead) throw error
      say(`${error.message} It is read again when it changes.`)
    })
    if (!observations) continue
    if (versionOf(paths) !== seen) {
      // Half of the old file and half of the new one: neither.
      say(`${paths.join(', ')}: changed while it was read. ${whenReadAgain}`)
      continue
    }
    hasRead = true
    held = observations.held
    if (observations.days.length === 0) {
      const what = describeNoDays(paths, options, observations)
      // Of a day that is not over the file changes all day long.
      if (what !== lastEmpty) say(`${what} The topic is left as it is until there is one.`)
      lastEmpty = what
      continue
    }
    lastEmpty = ''
    yield observations
    if (!hasSaid) say(`Following ${paths.join(', ')}: what is added is sent.`)
    hasSaid = true
  }
}

/**
 * Waits until the files are others than they were, and stay so for the time between two looks; or until the day is over
 * that was held back.
 */
async function nextVersion(
  paths: readonly string[],
  seen: string,
  isDue: () => boolean,
  { say, signal }: Omit<Following, 'isPatient'>,
): Promise<string> {
  for (let [before, changes] = [seen, 0]; ; ) {
    await sleep(pollMs, undefined, { signal })
    const now = versionOf(paths)
    if (now === before && (now !== seen || isDue())) return now
    changes = now === before ? 0 : changes + 1
    if (changes === patienceMs / pollMs) say(`${paths.join(', ')}: written without a pause. ${whenReadAgain}`)
    before = now
  }
}

function versionOf(paths: readonly string[]): string {
  return paths.map((path) => `${fileVersion(path) ?? 'absent'} ${logVersion(`${path}-wal`)}`).join(' ')
}

/** The version of a database's write-ahead log: until it is put into the database, changes are in it alone. */
function logVersion(path: string): string | undefined {
  // Whoever reads the database may leave an empty one.
  return statSync(path, { throwIfNoEntry: false })?.size ? fileVersion(path) : undefined
}
