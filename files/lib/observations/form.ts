import { OperatingError } from '../program.ts'
import type { Days, Place } from './days.ts'
import type { TakeLine } from './read-lines.ts'
import type { Stations } from './stations.ts'

/** The units in which values without one may be said to be: °F, °C, or tenths of °C as in NOAA's archive. */
export const units = ['F', 'C', 'tenths'] as const

export type Unit = (typeof units)[number]

/** What the files say of the station that is read, besides its values: name and place where a form has them. */
export type About = {
  name?: string
  latitude?: number
  longitude?: number
  elevation?: number
  /** Whose records these are; undefined among them for a file of one's own. */
  datasets: Set<string | undefined>
  units: Set<Unit>
}

/** The archive whose three forms are read here. */
export const ghcnDaily = 'NOAA GHCN-Daily'

/** Where a reader puts what it finds, and what it was told beforehand. */
export type Reading = {
  days: Days
  stations: Stations
  about: About
  source: string
  unit: Unit | undefined
}

/** A way to write observations down, told by a file's first line. */
export type Form = {
  name: string
  isFirstLine: (line: string) => boolean
  /** Begins a file: `line` takes its lines, the first one included; `end` is called after the last one. */
  start: (reading: Reading) => { line: TakeLine; end: () => void }
}

/** Checks that the unit a form has is the one that was said, if any was. */
export function checkUnit({ source, unit }: Reading, has: Unit): void {
  if (unit === undefined || unit === has) return
  const words = { F: '°F', C: '°C', tenths: 'tenths of °C' }
  throw new OperatingError(
    `${source}: its form says ${words[has]}: expected no --units ${unit}. Nothing has been sent.`,
  )
}

/** Makes the error for what does not fit its form. */
export function misfit({ source, line, column }: Place, found: string, expected: string): OperatingError {
  return new OperatingError(
    `${source}: line ${line}, column ${column}: ${found}: expected ${expected}. Nothing has been sent.`,
  )
}
