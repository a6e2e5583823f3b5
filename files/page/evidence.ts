import { OperatingError } from '../lib/core/program.ts'
import type { MonthAverage } from '../lib/results/month-averages.ts'
import type { DayRecord, LoggedReport } from '../lib/verify/log-history.ts'
import { type MonthName, monthNames } from '../lib/weather/calendar.ts'
import type { Climate } from './climate.ts'
import type { LogAccess } from './log-access.ts'

/** A number of the page, and the records of the log behind it: what `/evidence/January/2010` answers, as JSON. */
export type Evidence = {
  month: MonthName
  year: number
  partition: number
  /** As the partition file has it, with the file's offset: no record from there on is counted in it. */
  file: Pick<MonthAverage, 'count' | 'sum' | 'avg' | 'start' | 'end' | 'offset'>
  /** What the counted records below come to; null without any. */
  log: { count: number; sum: number; avg: number } | null
  agrees: boolean
  /** How many reports of that month the log has before the file's offset. */
  recordsInAll: number
  /** The first thousand of them, in the order of the log; degrees are °F. */
  records: LoggedReport[]
  /** By day of the month, from 1, the highest value counted of that day in any year. */
  dayRecords: (DayRecord | undefined)[]
}

const recordsMax = 1000

/** Takes month and year from the end of a path, `January/2010`; undefined when they are none. */
export function parseMonthPath(text: string): { name: MonthName; year: number } | undefined {
  const [, month, year] = /^([A-Z][a-z]{2,8})\/(\d{4})$/.exec(text) ?? []
  const name = monthNames.find((name) => name === month)
  return name && { name, year: Number(year) }
}

/**
 * Reads the records behind a month's number.
 *
 * @returns undefined when the files have no such month
 * @throws OperatingError with the reason why the log cannot be read
 */
export async function readEvidence(
  access: LogAccess,
  climate: Climate,
  name: MonthName,
  year: number,
): Promise<Evidence | undefined> {
  const average = climate.averages.get(name)?.get(year)
  if (!average) return undefined
  const { partition, offset, count, sum, avg, start, end } = average
  // As it is at this moment: a consumer may have read on, and a topic may have been recreated.
  const log = await access.read(0)
  if (log.offsets()[partition]! < offset)
    throw new OperatingError(
      `partition-${partition}.json counts up to offset ${offset}, the log ends at ${log.offsets()[partition]}: it is another log`,
    )
  const reports = log.reportsOf(partition, name, year, offset)
  const counted = addUp(reports)
  return {
    ...{ month: name, year, partition, file: { count, sum, avg, start, end, offset }, log: counted },
    agrees: counted?.count === count && counted.sum === sum && counted.avg === avg,
    recordsInAll: reports.length,
    records: reports.slice(0, recordsMax),
    dayRecords: log.dayRecords(partition, name),
  }
}

function addUp(reports: readonly LoggedReport[]): Evidence['log'] {
  const counted = reports.filter(({ kind }) => kind === 'counted')
  if (counted.length === 0) return null
  const sum = counted.reduce((total, { degrees }) => total + degrees, 0)
  return { count: counted.length, sum, avg: sum / counted.length }
}
