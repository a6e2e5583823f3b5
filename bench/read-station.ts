import { readObservations } from '../files/lib/observations/observations.ts'
import { peakBytes } from '../test/support/peak-bytes.ts'
import type { StationRead } from './by-year.ts'

// Reads one station of an observations file, as producer.ts does, and prints how long that took: `read-station.ts FILE STATION`.
const [path, station] = process.argv.slice(2) as [string, string]
const begin = performance.now()
const { days } = await readObservations([path], { station }, new AbortController().signal)
const ms = performance.now() - begin
console.log(JSON.stringify({ ms, days: days.length, peakMegabytes: peakBytes() / 1e6 } satisfies StationRead))
