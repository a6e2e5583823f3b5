import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import type { FormatOptions } from './collector.ts'
import { findDate } from './columns.ts'
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
 * @throws OperatingError that says what is missing when it is of no format known here
 */
export function detectFormat(source: string, head: Head, options: FormatOptions): Format {
  const format = formats.find(({ detect }) => detect(head, options))
  if (format) return format
  const { header } = head
  throw new OperatingError(
    `${source}: line ${header?.line ?? 1} is ${quoted(header?.text ?? firstText(head))}: expected a header with a column ` +
      'date and one of tmax_f, tmax_c, or a file of GHCN-Daily (.dly, by year, by station or daily summaries), weewx, Cumulus, ' +
      'Ecowitt, WeatherLink, Meteostat, DWD or ECA&D. ' +
      `${adviceFor(head, options)}Nothing has been sent.`,
  )
}

/** What is missing in a CSV, and what to do; empty when it looks like none. */
function adviceFor({ header, delimiter }: Head, { column }: FormatOptions): string {
  if (!header) return ''
  const { names, text } = header
  const isAlone = names.length === 1
  if (isAlone && /\bdate\b.*\bt?max|\d[- ]\d\d[ \t]/i.test(text))
    return 'Separate its columns by commas, semicolons or tabs. '
  if (isAlone) return 'Delete what stands above the header, such as a note. '
  if (names.some((name) => /^[+-]?\d+([.,]\d+)?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/.test(name)))
    return 'It has no header: put a first line on top that names its columns, such as date,tmax_c. '
  const columns = `its columns are ${names.slice(0, 12).map(quoted).join(', ')}`
  if (column !== undefined && !names.includes(column))
    return `--column ${column} is none of its columns: ${columns}. `
  if (findDate(names) === undefined)
    return `Call the column with the days date: ${columns}, separated by ${quoted(delimiter)}. `
  return `Name the column with the day's highest temperature by --column: ${columns}. `
}
