import { join } from 'node:path'

const folder = join(import.meta.dirname, '../data/stations')

/** An example of a program's files: the same fortnight in each, and what it takes to read it. */
export type StationExample = {
  program: string
  path: string
  /** What `producer.ts` needs beside the file. */
  args: readonly string[]
  /** What is left out, by reason, in the producer's words. */
  leftOut: string
}

/** The files that `test/data/make-station-files.ts` writes. */
export const stationExamples: readonly StationExample[] = (
  [
    ['weewx', 'weewx.sdb', ['--timezone', 'Europe/Berlin'], ', 1 with readings in fewer than 20 of 24 hours'],
    ['Cumulus', 'dayfile.txt', ['--units', 'C'], ''],
    ['Ecowitt', 'ecowitt.csv', [], ', 1 with readings in fewer than 20 of 24 hours'],
    ['WeatherLink', 'weatherlink.csv', [], ', 1 with readings in fewer than 20 of 24 hours'],
    ['Meteostat', 'meteostat.csv', ['--no-model'], ', 1 from a model'],
    ['DWD', 'produkt_klima_tag_20240325_20240407_00999.txt', [], ''],
    ['ECA&D', 'TX_STAID999999.txt', [], ', 1 failed a quality check'],
  ] as const
).map(([program, name, args, leftOut]) => ({ program, path: join(folder, name), args, leftOut }))

/** What the fortnight holds, in tenths of °C: 3 April has no value, and 8 April does not count in any of the files. */
export const fortnight: readonly (readonly [date: string, tenths: number])[] = [
  ['2024-03-25', 121],
  ['2024-03-26', 154],
  ['2024-03-27', 168],
  ['2024-03-28', 149],
  ['2024-03-29', 203],
  ['2024-03-30', 247],
  ['2024-03-31', 216],
  ['2024-04-01', 170],
  ['2024-04-02', 132],
  ['2024-04-04', 155],
  ['2024-04-05', 188],
  ['2024-04-06', 261],
  ['2024-04-07', 259],
]
