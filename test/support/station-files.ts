import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** NOAA's file of Central Park, New York, 1869 to 2020, elements TMAX and TMIN. */
export const centralPark = join(import.meta.dirname, '../data/USW00094728-tmax-tmin.dly.gz')

/** A value of a `.dly` file as it stands there, the places past a month's end left out. */
export type Value = { date: string; element: string; tenths: number; flags: [string, string, string] }

/** Reads a `.dly` file by awk, which shares nothing with our reader: a value a line, its flags between bars. */
export function valuesByAwk(path: string): Value[] {
  const program = `{
    y = substr($0, 12, 4); m = substr($0, 16, 2) + 0; n = 31
    if (m == 4 || m == 6 || m == 9 || m == 11) n = 30
    if (m == 2) n = (y % 4 == 0 && y % 100 != 0 || y % 400 == 0) ? 29 : 28
    for (d = 1; d <= n; d++) {
      p = 22 + 8 * (d - 1)
      printf "%s-%02d-%02d|%s|%d|%s|%s|%s\\n", y, m, d, substr($0, 18, 4), substr($0, p, 5) + 0, \
        substr($0, p + 5, 1), substr($0, p + 6, 1), substr($0, p + 7, 1)
    } }`
  const text = execFileSync('sh', ['-c', 'gzip -dc "$0" | awk "$1"', path, program], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [date, element, tenths, m, q, s] = line.split('|') as [
        string,
        string,
        string,
        string,
        string,
        string,
      ]
      return { date, element, tenths: Number(tenths), flags: [m.trim(), q.trim(), s.trim()] }
    })
}

const station = 'USW00094728'

/** Writes values as a by-year file has them, lines shuffled and elements that nobody asked for between. */
export function writeByYear(values: readonly Value[], random: () => number): string {
  const others = values.filter(() => random() < 0.1)
  const rain = others.map(({ date }) => `${station},${date.replaceAll('-', '')},PRCP,12,T,,0,`)
  const lines = values
    .filter(({ tenths }) => tenths !== -9999)
    .map(({ date, element, tenths, flags }) => {
      return `${station},${date.replaceAll('-', '')},${element},${tenths},${flags.join(',')},2400`
    })
  return `${shuffle([...lines, ...rain], random).join('\n')}\n`
}

/** Writes values as a file of daily summaries has them, a line a day, lines shuffled; old files have all in quotes. */
export function writeDailySummaries(values: readonly Value[], random: () => number, isOld: boolean): string {
  const byDate = new Map<string, Partial<Record<string, Value>>>()
  for (const value of values) byDate.set(value.date, { ...byDate.get(value.date), [value.element]: value })
  const quote = (text: string) => (isOld || text.includes(',') ? `"${text}"` : text)
  const cells = (value: Value | undefined) => {
    if (!value || value.tenths === -9999) return ['', '']
    return [
      quote(String(value.tenths).padStart(isOld ? 5 : 0)),
      quote(value.flags.join(',') + (isOld ? '' : ',2400')),
    ]
  }
  const place = ['40.77898', '-73.96925', '42.7', 'NY CITY CENTRAL PARK, NY US'].map(quote)
  const lines = [...byDate].map(([date, { TMAX, TMIN }]) => {
    const rain = random() < 0.5 ? [quote('12'), quote('T,,0')] : ['', '']
    return [quote(station), quote(date), ...place, ...rain, ...cells(TMAX), ...cells(TMIN)].join(',')
  })
  const elements = ['PRCP', 'TMAX', 'TMIN'].flatMap((name) => [name, `${name}_ATTRIBUTES`])
  const names = ['STATION', 'DATE', 'LATITUDE', 'LONGITUDE', 'ELEVATION', 'NAME', ...elements].map(quote)
  return `${[names.join(','), ...shuffle(lines, random)].join('\n')}\n`
}

function shuffle(lines: string[], random: () => number): string[] {
  for (let last = lines.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[lines[last], lines[other]] = [lines[other]!, lines[last]!]
  }
  return lines
}

/** The lines of Central Park's `.dly` file that match. */
export function dlyLines(pattern: RegExp): string {
  const lines = gunzipSync(readFileSync(centralPark)).toString('latin1').split('\n')
  return lines.filter((line) => pattern.test(line)).join('\n')
}
