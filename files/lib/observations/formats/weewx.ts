import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatingError } from '../../core/program.ts'
import { quoted } from '../../core/quoted.ts'
import type { Unit } from '../../weather/unit.ts'
import { type Collector, collect, declareUnit, leaveOut } from '../collector.ts'
import { completeHours, type Place } from '../days.ts'
import type { Format } from '../format.ts'
import { formatError } from '../format-error.ts'
import { type LocalClock, localClock } from '../time-zone.ts'

const [retryMs, patienceMs] = [50, 5000]
const [busy, locked] = [5, 6]
// weewx's systems of units: US, METRIC and METRICWX.
const units = new Map<unknown, Unit>([
  [1, 'F'],
  [16, 'C'],
  [17, 'C'],
])
// The year 9999 in most time zones.
const latest = Date.parse('9999-12-31T00:00Z') / 1000
const [archive, summary, metadata] = ['archive', 'archive_day_outTemp', 'archive_day__metadata']

type Row = Record<string, unknown>

/** What is read of a database at one moment. */
type Tables = {
  /** The lowest and the highest number in `usUnits`. */
  unitSystems: unknown[]
  days: [day: number, Day][]
}

/** A day's highest temperature, and of how many seconds there are readings. */
type Day = { highest: number | undefined; seconds: number; place: Place }

/**
 * weewx's database, `weewx.sdb`: SQLite. Its table of daily summaries has the highest temperature of each local day, as
 * the station measured it between two records; without it, that of the records.
 */
export const weewx: Format = {
  name: 'weewx database',
  detect: ({ isDatabase }) => isDatabase,
  read: (content, collector) =>
    content.file(async (path) => {
      const { source, options } = collector
      const clock = localClock(options.timeZone)
      const { unitSystems, days } = await whenFree(source, () => readTables(path, source, clock))
      if (days.length === 0) return
      declareUnit(collector, unitOf(unitSystems, source), 'its column usUnits')
      for (const [day, found] of days) collectDay(collector, day, found)
    }),
}

function collectDay(collector: Collector, day: number, { highest, seconds, place }: Day): void {
  const isComplete = highest === undefined || seconds >= completeHours * 3600
  if (isComplete) collect(collector, { day, value: highest, place })
  else leaveOut(collector, 'incomplete', { day, place })
}

function readTables(path: string, source: string, clock: LocalClock): Tables {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    database.exec('BEGIN')
    const all = (sql: string): Row[] => database.prepare(sql).all()
    const names = all("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name)
    const columns = all(`PRAGMA table_info(${archive})`).map(({ name }) => name)
    if (!['dateTime', 'usUnits', 'interval', 'outTemp'].every((name) => columns.includes(name)))
      throw notWeewx(source, names)
    const { low, high } = all(`SELECT min(usUnits) AS low, max(usUnits) AS high FROM ${archive}`)[0]!
    const rows = names.includes(summary)
      ? all(`SELECT dateTime, max, sumtime FROM ${summary} ORDER BY dateTime`)
      : []
    const [version] = names.includes(metadata)
      ? all(`SELECT value FROM ${metadata} WHERE name = 'Version'`).map(({ value }) => Number(value))
      : []
    // Before version 4.0 the seconds were wrong at times: the records tell how complete a day is.
    const hasSeconds = rows.length > 0 && (version ?? 1) >= 4
    const ofRecords = hasSeconds ? undefined : daysOfRecords(database, source, clock)
    const days = rows.map((row) => dayOfSummary(row, source, clock, ofRecords))
    return { unitSystems: [low, high], days: rows.length > 0 ? days : [...ofRecords!] }
  } finally {
    database.close()
  }
}

/** The days of the records. One stamped midnight is of the minutes before it: it belongs to the day before. */
function daysOfRecords(database: DatabaseSync, source: string, clock: LocalClock): Map<number, Day> {
  const next = database.prepare(`SELECT min(dateTime) AS first FROM ${archive} WHERE dateTime > ?`)
  // weewx passes over records without an interval as well.
  const highest = database.prepare(
    `SELECT dateTime, max(outTemp) AS highest, total(iif(outTemp IS NULL, 0, max(interval, 0))) AS minutes
      FROM ${archive} WHERE dateTime > ? AND dateTime <= ?`,
  )
  const days = new Map<number, Day>()
  for (let end = -1; ; ) {
    const { first } = next.get(end)!
    if (first === null) return days
    const begin = momentOf(first, placeOf(source, archive, first)) - 1
    end = clock.endOfDay(begin)
    const found = highest.get(begin, end)!
    const place = placeOf(source, archive, found.dateTime)
    const [degrees, minutes] = [numberOrNull(found.highest, place), numberOrNull(found.minutes, place)]
    days.set(clock.dayOf(begin), { highest: degrees, seconds: 60 * (minutes ?? 0), place })
  }
}

/** A day of the summary, complete as the days of the records say, if they are given. */
function dayOfSummary(
  { dateTime, max, sumtime }: Row,
  source: string,
  clock: LocalClock,
  ofRecords: ReadonlyMap<number, Day> | undefined,
): [number, Day] {
  const place = placeOf(source, summary, dateTime)
  const day = clock.dayBegunAt(momentOf(dateTime, place))
  if (day === undefined) throw notMidnight(place, clock.timeZone)
  const seconds = ofRecords ? ofRecords.get(day)?.seconds : numberOrNull(sumtime, place)
  return [day, { highest: numberOrNull(max, place), seconds: seconds ?? 0, place }]
}

/**
 * Uses the database once no other program has it locked.
 *
 * @throws OperatingError when that takes more than 5 s, or SQLite cannot read it
 */
async function whenFree<T>(source: string, use: () => T): Promise<T> {
  for (const deadline = performance.now() + patienceMs; ; await sleep(retryMs)) {
    try {
      return use()
    } catch (cause) {
      const { code, errcode = 0, message } = cause as Error & { code?: string; errcode?: number }
      if (code !== 'ERR_SQLITE_ERROR') throw cause
      const isBusy = [busy, locked].includes(errcode & 0xff)
      if (isBusy && performance.now() < deadline) continue
      const what = isBusy
        ? `another program has locked the database for ${patienceMs / 1000} s. Try again, or read a copy of it`
        : `SQLite cannot read the database (${message}). If weewx reads it, stop weewx and copy the file`
      throw new OperatingError(`${source}: ${what}. Nothing has been sent.`, { cause })
    }
  }
}

function placeOf(source: string, table: string, dateTime: unknown): Place {
  return { source, line: 0, column: 0, row: `table ${table}, dateTime ${dateTime}` }
}

function momentOf(value: unknown, place: Place): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < latest) return value
  throw formatError(place, quoted(String(value)), 'seconds since 1970')
}

function numberOrNull(value: unknown, place: Place): number | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'number') return value
  throw formatError(place, quoted(String(value)), 'a number')
}

function notMidnight(place: Place, timeZone: string): OperatingError {
  return formatError(
    place,
    `the day does not begin at midnight in ${timeZone}`,
    'the time zone of the machine on which weewx runs: say it by --timezone, such as --timezone Europe/Berlin',
  )
}

function unitOf(unitSystems: unknown[], source: string): Unit {
  const [one, ...others] = new Set(unitSystems)
  const unit = others.length === 0 ? units.get(one) : undefined
  if (unit) return unit
  const numbers = [one, ...others].join(' and ')
  throw new OperatingError(
    `${source}: table ${archive} has usUnits ${numbers}: expected one of 1 (US), 16 (METRIC) and 17 (METRICWX) in all rows. Nothing has been sent.`,
  )
}

function notWeewx(source: string, names: unknown[]): OperatingError {
  const tables = names.length > 0 ? `the tables ${names.slice(0, 5).join(', ')}` : 'no tables'
  return new OperatingError(
    `${source}: it is a database of SQLite with ${tables}: expected weewx's, with a table ${archive} that has dateTime, ` +
      'usUnits, interval and outTemp. Nothing has been sent.',
  )
}
