import { type Unit, units } from './unit.ts'

/**
 * Where a topic's days come from: a station, or the generator. Their degrees are °F whatever the station writes; `unit` is
 * what it writes.
 */
export type Source = {
  kind: 'observed' | 'synthetic'
  /** Of a station; of generated weather, the place whose weather it is like. */
  name?: string
  id?: string
  /** Degrees north, degrees east, metres. */
  latitude?: number
  longitude?: number
  elevation?: number
  /** Whose record it is, such as `NOAA GHCN-Daily`. */
  dataset?: string
  unit?: Unit
}

/** First and last year counted. */
export type Years = { first: number; last: number }

// Begins as a name does, and not as a formula that a spreadsheet would work out; nothing in it that is not seen.
const text = /^[\p{L}\p{N}][^\p{C}\p{Zl}\p{Zp}]{0,79}$/u
const stationId = /^\w[\w-]{0,19}$/
const bytesMax = 1024
const ranges = { latitude: [-90, 90], longitude: [-180, 180], elevation: [-500, 9000] } as const

/** Whether a text can be shown as a name: 1 to 80 characters that are seen, the first of them a letter or a digit. */
export function isName(name: string): boolean {
  return text.test(name)
}

/** Whether a text can be a station's id: 1 to 20 letters, digits, `_` and, but for the first, `-`. */
export function isStationId(id: string): boolean {
  return stationId.test(id)
}

/** Whether a number can be a latitude, a longitude, or an elevation; NOAA writes -999.9 for one that is not known. */
export function isPlace(key: keyof typeof ranges, value: number): boolean {
  const [least, most] = ranges[key]
  return value >= least && value <= most
}

/** Encodes a source, as JSON, for a record's header. */
export function encodeSource(source: Source): Buffer {
  return Buffer.from(JSON.stringify(source))
}

/** Decodes a header; undefined for anything that this project does not write. */
export function decodeSource(bytes: Buffer): Source | undefined {
  if (bytes.length > bytesMax) return undefined
  try {
    return parseSource(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Takes what makes sense as a whole, its known keys alone; undefined when any of them does not. */
export function parseSource(value: unknown): Source | undefined {
  const { kind, name, id, dataset, unit, ...rest } = Object(value) as Partial<Record<keyof Source, unknown>>
  if (kind !== 'observed' && kind !== 'synthetic') return undefined
  const source: Source = { kind }
  for (const [key, found, form] of [
    ['name', name, text],
    ['id', id, stationId],
    ['dataset', dataset, text],
  ] as const) {
    if (found === undefined) continue
    if (typeof found !== 'string' || !form.test(found)) return undefined
    source[key] = found
  }
  for (const key of ['latitude', 'longitude', 'elevation'] as const) {
    const found = rest[key]
    if (found === undefined) continue
    if (typeof found !== 'number' || !isPlace(key, found)) return undefined
    source[key] = found
  }
  if (unit === undefined) return source
  const known = units.find((word) => word === unit)
  return known && { ...source, unit: known }
}

/** Says a source in a line: `Central Park, New York, 1869 to 2020, NOAA GHCN-Daily`. */
export function describeSource(source: Source, years?: Years): string {
  return [nameOf(source), spanOf(years), source.dataset].filter(Boolean).join(', ')
}

/** The name under which a source is shown. */
export function nameOf({ kind, name, id }: Source): string {
  if (kind === 'synthetic') return `synthetic weather${name ? ` after ${name}` : ''}`
  return name ?? (id ? `Station ${id}` : 'A station without a name')
}

/** First and last year in words; undefined without any. */
export function spanOf(years: Years | undefined): string | undefined {
  if (!years) return undefined
  return years.first === years.last ? `${years.first}` : `${years.first} to ${years.last}`
}

/**
 * Whether days of one source may follow on those of another: when these are known to be the same. The id tells, or the
 * name where one of them has no id; two sources that say neither are taken for the same one.
 */
export function mayFollow(after: Source, before: Source): boolean {
  if (after.kind !== before.kind) return false
  if (after.id && before.id) return after.id === before.id
  if (after.name || before.name) return after.name === before.name
  return !after.id && !before.id
}
