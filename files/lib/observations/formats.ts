import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import type { Format } from './format.ts'
import { byYear } from './formats/by-year.ts'
import { cumulus } from './formats/cumulus.ts'
import { dailySummaries } from './formats/daily-summaries.ts'
import { dly } from './formats/dly.ts'
import { dwd } from './formats/dwd.ts'
import { ecad } from './formats/ecad.ts'
import { ecowitt } from './formats/ecowitt.ts'
import { meteostat } from './formats/meteostat.ts'
import { plainCsv } from './formats/plain-csv.ts'
import { weatherLink } from './formats/weather-link.ts'
import { weewx } from './formats/weewx.ts'
import { firstText, type Head } from './head.ts'

/** The formats that are read, special ones before general ones: the first that detects its own reads the file. */
const formats: readonly Format[] = [
  dly,
  byYear,
  dailySummaries,
  weewx,
  dwd,
  ecad,
  meteostat,
  ecowitt,
  weatherLink,
  cumulus,
  plainCsv,
]

/**
 * Finds the format of a file.
 *
 * @throws OperatingError with the file's first line when it is of no format known here
 */
export function detectFormat(source: string, head: Head): Format {
  const format = formats.find(({ detect }) => detect(head))
  if (format) return format
  const { header } = head
  throw new OperatingError(
    `${source}: line ${header?.line ?? 1} is ${quoted(header?.text ?? firstText(head))}: expected a header with a column ` +
      'date and one of tmax_f, tmax_c, or a file of GHCN-Daily (.dly, by year, by station or daily summaries), weewx, Cumulus, ' +
      'Ecowitt, WeatherLink, Meteostat, DWD or ECA&D. ' +
      'Nothing has been sent.',
  )
}
