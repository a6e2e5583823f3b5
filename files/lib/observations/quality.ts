import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import { bare, type Column } from './columns.ts'
import { placeOf, type Row } from './csv-row.ts'
import { formatError } from './format-error.ts'

/**
 * A column that says which values are good. `attributes` are NOAA's `measurement,quality,source`, `NOAA` is its quality flag
 * alone; of another one nobody knows what its flags mean.
 */
type QualityColumn = Column & { kind: 'attributes' | 'NOAA' | 'unknown' }

// A letter for each check that a value failed, as the readme of GHCN-Daily lists them.
const noaaFlags = /^[DGIKLMNORSTWXZ]$/
const noaaNames = ['qflag', 'qualityflag']
// Of measurement and source: they tell the origin alone.
const origins = ['mflag', 'measurementflag', 'sflag', 'sourceflag', 'timeofobservation']
const qualityWord =
  /flag|qual|calid|kwalit|kvalit|valid|suspect|reliab|imputed|interpolat|estimat|outlier|exclud|reject|doubt|(?:^|[^a-z])(?:qc|qa|q|qf|qn|qcf|attributes?|status|filled|good|bad|ok|error)(?:[^a-z]|$)/
const otherElement =
  /min|avg|mean|precip|prcp|rain|snow|snwd|wind|gust|hum|press|dew|sun|solar|rad|cloud|battery|signal|wifi|tobs|evap|awnd|wt\d|wesd|wsf|wdf|pgtm/

/** Finds the columns that say which values of one column are good. */
export function findQuality(names: readonly string[], degrees: Column): QualityColumn[] {
  const columns = names.map((name, index) => ({ index, name }))
  const found = columns.flatMap((column) => {
    const kind = column.index === degrees.index ? undefined : kindOf(column.name, degrees.name)
    return kind ? [{ ...column, kind }] : []
  })
  // Where each element has flags of its own under the same names, those that follow on its column are meant.
  const isFollowing = ({ index }: Column) =>
    index > degrees.index &&
    names.slice(degrees.index + 1, index).every((name) => origins.includes(bare(name)))
  return found.filter((column) => {
    const isOnce = found.filter(({ name }) => name === column.name).length === 1
    return (
      isOnce ||
      isFollowing(column) ||
      !found.some((other) => other.name === column.name && isFollowing(other))
    )
  })
}

function kindOf(name: string, degrees: string): QualityColumn['kind'] | undefined {
  if (name === `${degrees}_attributes`) return 'attributes'
  const [word, own] = [bare(name), bare(degrees)]
  const base = word.replace(own, '')
  if (noaaNames.includes(base)) return 'NOAA'
  if (origins.includes(base)) return undefined
  if (!qualityWord.test(name)) return undefined
  return otherElement.test(name) && !name.includes('max') ? undefined : 'unknown'
}

/** Reads the flags of a file's rows. */
export function startQuality(
  source: string,
  columns: readonly QualityColumn[],
  good: readonly string[] | undefined,
) {
  const unknown = new Map<QualityColumn, Map<string, number>>()
  let [passed, failed] = [0, 0]
  const isGood = (flag: string) =>
    good!.includes('any') || good!.includes(flag === '' ? 'blank' : flag.toLowerCase())
  /** Whether a flag says that its value failed a check; without --good-flags the meaning of NOAA's are known. */
  const isFailed = (column: QualityColumn, row: Row): boolean => {
    const flag = flagOf(source, column, row)
    if (good) return !isGood(flag)
    if (column.kind === 'attributes') return flag !== ''
    if (column.kind === 'NOAA' && (flag === '' || noaaFlags.test(flag))) return flag !== ''
    const flags = unknown.get(column) ?? new Map<string, number>()
    unknown.set(column, flags.set(flag, (flags.get(flag) ?? 0) + 1))
    return false
  }
  return {
    /** Whether a row's value failed a check. @throws OperatingError for attributes that are none */
    isFlagged(row: Row): boolean {
      return columns.map((column) => isFailed(column, row)).includes(true)
    },
    /** Counts a value of the station wanted. */
    count(isFlagged: boolean): void {
      if (isFlagged) failed++
      else passed++
    },
    /** @throws OperatingError when there were flags whose meaning nobody knows, or when most values have failed */
    finish(): void {
      for (const [{ name }, flags] of unknown) {
        const isBlank = flags.size === 1 && flags.has('')
        if (!isBlank) throw meaningUnknown(source, name, flags)
      }
      if (!good && failed > passed && failed > 1) throw mostFailed(source, columns, failed, passed + failed)
    },
  }
}

function flagOf(source: string, { index, kind }: QualityColumn, row: Row): string {
  const text = row.fields[index]!.trim()
  if (kind !== 'attributes') return /^(na|nan|null)$/i.test(text) ? '' : text
  const parts = text.split(',')
  if (text === '' || parts.length === 3 || parts.length === 4) return (parts[1] ?? '').trim()
  throw formatError(
    placeOf(source, row, index),
    quoted(text),
    'attributes: measurement,quality,source[,time]',
  )
}

const listed = 12

function meaningUnknown(source: string, name: string, flags: ReadonlyMap<string, number>): OperatingError {
  const most = [...flags].toSorted(([, a], [, b]) => b - a)
  const found = most
    .slice(0, listed)
    .map(([flag, count]) => `${flag === '' ? 'blank' : quoted(flag)} (${count} times)`)
  const more = most.length > listed ? ` and ${most.length - listed} others` : ''
  return new OperatingError(
    `${source}: its column ${quoted(name)} may say which values are wrong: it holds ${found.join(', ')}${more}. Say which of ` +
      'these a good value has by --good-flags, separated by commas; blank for none, any for all. Nothing has been sent.',
  )
}

function mostFailed(source: string, columns: readonly Column[], failed: number, all: number): OperatingError {
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  return new OperatingError(
    `${source}: by its column ${names}, ${failed} of ${all} values failed a check of NOAA's. If the flags mean something ` +
      'else, say which of them a good value has by --good-flags. Nothing has been sent.',
  )
}
