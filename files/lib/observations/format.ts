import type { Unit } from '../weather/unit.ts'
import type { Collector, FormatOptions } from './collector.ts'
import type { Content } from './content.ts'
import type { Head } from './head.ts'

/**
 * A format that observations are written in. Each is an object in a file of its own in `formats/`, and a line in the list
 * of `formats.ts`.
 */
export type Format = {
  /** As messages name it: `GHCN-Daily .dly`. */
  name: string
  /** Whose records these are, when the format alone tells: `NOAA GHCN-Daily`. */
  dataset?: string
  /** When the format fixes it. A format whose header names the unit calls `declareUnit` instead. */
  unit?: Unit
  /** Whether a file may hold values that a model made, and says so: `--no-model` leaves them out. */
  hasModelData?: boolean
  /** Whether its columns may be named and their flags explained, by `--column` and `--good-flags`. */
  hasNamedColumns?: boolean
  /** Whether a file is of this format, by its first 16 kB, unpacked and without a byte order mark. */
  detect: (head: Head, options: FormatOptions) => boolean
  /**
   * Reads a file from its start to its end, and hands each value of a highest temperature to `collect`.
   *
   * @throws OperatingError with source, line and column for what is not as the format has it, see `formatError`
   */
  read: (content: Content, collector: Collector) => Promise<void>
}

/** The archive of which three formats are read here. */
export const ghcnDaily = 'NOAA GHCN-Daily'
