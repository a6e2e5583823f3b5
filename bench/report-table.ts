import { median } from './rounds.ts'

/** One line of the table: a ratio or a quantity, and what it is held against. */
export type Row = {
  what: string
  ours: string
  peer: string
  value: number
  unit: '' | 'ms' | 'MB' | '%'
  /** The bound that must be kept, and the one aimed at; a ratio without either is for information. */
  bound?: number
  aim?: number
  /** Whether the bounds are for the largest value rather than the smallest. */
  isAtMost?: boolean
}

/** The raw figures of one measurement. */
export type Raw = { what: string; unit: string; values: readonly number[] }

/** What a measurement gives. */
export type Measured = { rows: Row[]; raw: Raw[] }

/** The bound that a figure must keep, and the one aimed at; none where it is for information. */
export type Limits = readonly [] | readonly [bound: number, aim?: number]

/**
 * A row on how often our speed is a peer's, from the milliseconds that both took for the same records in rounds taken by
 * turns: the median of the ratios, each of one round, so that what else the machine did then falls on both.
 */
export function speedRow(
  what: string,
  recordCount: number,
  [ours, peer]: readonly [ours: readonly number[], peer: readonly number[]],
  limits: Limits,
): Row {
  const ratios = ours.map((ms, round) => peer[round]! / ms)
  const [ourSpeed, peerSpeed] = [ours, peer].map((ms) => formatSpeed(recordCount, median(ms)))
  return { what, ours: ourSpeed!, peer: peerSpeed!, value: median(ratios), unit: '', ...named(limits) }
}

/** A row whose figure must not be larger than a bound. */
export function figureRow(what: string, value: number, unit: Row['unit'], limits: Limits): Row {
  return { what, ours: '', peer: '', value, unit, ...named(limits), isAtMost: true }
}

/** A row whose ratio of two times must not be larger than a bound. */
export function timeRow(what: string, ours: number, peer: number, limits: Limits): Row {
  return { ...figureRow(what, ours / peer, '', limits), ours: formatMs(ours), peer: formatMs(peer) }
}

function named([bound, aim]: Limits): Pick<Row, 'bound' | 'aim'> {
  return { ...(bound !== undefined && { bound }), ...(aim !== undefined && { aim }) }
}

/** Formats the rows as a table in Markdown. */
export function formatRows(rows: readonly Row[]): string {
  return formatTable(
    ['what', 'ours', 'peer', 'ratio or figure', 'bound', 'aim', 'met?'],
    rows.map((row) => [
      row.what,
      row.ours,
      row.peer,
      formatValue(row.value, row.unit),
      formatBound(row, row.bound),
      formatBound(row, row.aim),
      verdict(row),
    ]),
  )
}

/** Formats medians, smallest and largest values as a table in Markdown. */
export function formatRaw(raw: readonly Raw[]): string {
  return formatTable(
    ['measured', 'unit', 'median', 'min', 'max', 'n'],
    raw.map(({ what, unit, values }) => [
      what,
      unit,
      ...[median(values), Math.min(...values), Math.max(...values)].map(short),
      String(values.length),
    ]),
  )
}

/** As in 3.8 M/s. */
function formatSpeed(recordCount: number, ms: number): string {
  return `${short(recordCount / ms / 1000)} M/s`
}

function formatMs(ms: number): string {
  return `${short(ms)} ms`
}

function verdict({ value, bound, aim, isAtMost }: Row): string {
  const keeps = (limit: number | undefined) =>
    limit !== undefined && (isAtMost ? value <= limit : value >= limit)
  if (bound === undefined) return ''
  if (keeps(aim)) return 'yes, and the aim'
  return keeps(bound) ? 'yes' : 'NO'
}

function formatBound({ unit, isAtMost }: Row, limit: number | undefined): string {
  return limit === undefined ? '' : `${isAtMost ? 'at most' : 'at least'} ${formatValue(limit, unit)}`
}

function formatValue(value: number, unit: Row['unit']): string {
  return `${short(value)}${unit === '%' ? unit : unit && ` ${unit}`}`
}

/** Three digits or so. */
function short(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(digits).replace(/\.0+$/, '')
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
