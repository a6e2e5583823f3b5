import { Readable } from 'node:stream'
import {
  type ObservationOptions,
  type Observations,
  readInputs,
  readObservations,
} from '../../files/lib/observations/observations.ts'

/** What observations give, in words that a test can compare: `2020-01-31 41.5` a day, and what is left out by reason. */
export type ReadObservations = {
  days: string[]
  skipped: Record<string, number>
  id: string | undefined
  name: string | undefined
  dataset: string | undefined
  unit: string | undefined
  notes: string[]
}

/** Reads texts, or bytes, as if they were files named f, g and h. */
export async function readTexts(
  files: readonly (string | Buffer)[],
  options: ObservationOptions = {},
): Promise<ReadObservations> {
  const inputs = files.map((file, index) => () => {
    return { source: 'fgh'[index]!, chunks: Readable.from([Buffer.from(file)]) }
  })
  return inWords(await readInputs(inputs, options))
}

/** Reads files from the disk. */
export async function readFiles(
  paths: readonly string[],
  options: ObservationOptions = {},
): Promise<ReadObservations> {
  return inWords(await readObservations(paths, options, new AbortController().signal))
}

function inWords({ days, skipped, source, notes }: Observations): ReadObservations {
  return {
    days: days.map(({ date, degrees }) => `${date} ${degrees}`),
    skipped: Object.fromEntries(skipped),
    id: source.id,
    name: source.name,
    dataset: source.dataset,
    unit: source.unit,
    notes,
  }
}
